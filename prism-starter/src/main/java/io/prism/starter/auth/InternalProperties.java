package io.prism.starter.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the instances of one deployment know each other. With neither set, nobody is let in.
 *
 * @param token the deployment's internal token, at least 32 characters, the same for all services
 * @param mtlsNames names (DNS or URI subject alternative names) of client certificates that belong
 *     to this deployment's instances; they count on connections with verified mutual TLS only
 */
@ConfigurationProperties("prism.internal")
public record InternalProperties(@Nullable String token, @DefaultValue Set<String> mtlsNames) {

  public InternalProperties {
    if (token != null && token.length() < 32) {
      throw new IllegalArgumentException(
          "prism.internal.token: " + token.length() + " characters (expected: at least 32)");
    }
  }

  @Override
  public String toString() {
    return "InternalProperties[token=***, mtlsNames=" + mtlsNames + "]";
  }
}
