package io.prism.starter.auth;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import io.prism.starter.tls.InstanceTls;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The keys of session-svc, fetched over HTTP: cached, fetched anew for an unknown key id but not
 * more often than the bound, and used on while session-svc cannot be reached.
 */
public final class SessionKeys {

  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int MAX_BYTES = 64 * 1024;
  private static final Duration REFRESH_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration REFRESH_AHEAD = Duration.ofSeconds(30);

  private SessionKeys() {}

  /**
   * The keys behind {@code prism.session.jwks-uri}.
   *
   * @param tls this instance's TLS for an https URL, or null for the JVM's
   * @throws IllegalStateException when it is not set or no URL
   */
  public static JWKSource<SecurityContext> of(
      SessionProperties properties, @Nullable InstanceTls tls) {
    URI uri = properties.jwksUri();
    if (uri == null) {
      throw new IllegalStateException(
          "prism.session.jwks-uri is not set (expected: http://<session-svc>:8981/.well-known/jwks.json)");
    }
    long ttl = properties.jwksCacheTtl().toMillis();
    boolean refreshAhead = ttl > 2 * REFRESH_AHEAD.toMillis();
    try {
      JWKSourceBuilder<SecurityContext> builder =
          JWKSourceBuilder.<SecurityContext>create(
                  uri.toURL(),
                  new DefaultResourceRetriever(
                      TIMEOUT_MILLIS,
                      TIMEOUT_MILLIS,
                      MAX_BYTES,
                      true,
                      tls == null ? null : tls.sockets()))
              .cache(ttl, REFRESH_TIMEOUT.toMillis())
              .rateLimited(properties.jwksMinInterval().toMillis())
              .retrying(true)
              .outageTolerant(properties.feed().maxStaleness().toMillis());
      return (refreshAhead
              ? builder.refreshAheadCache(REFRESH_AHEAD.toMillis(), true)
              : builder.refreshAheadCache(false))
          .build();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(
          "prism.session.jwks-uri: " + uri + " (expected: an http or https URL)", e);
    }
  }
}
