package io.prism.starter.auth;

import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How a service verifies session tokens and learns of sessions.
 *
 * @param issuer the {@code iss} claim that tokens must carry
 * @param jwksUri where session-svc publishes its keys; unset only in session-svc itself
 * @param maxClockSkew how far this clock may differ from session-svc's
 * @param jwksCacheTtl how long fetched keys are used before they are fetched again
 * @param jwksMinInterval least time between two fetches, so that forged key ids cannot cause a
 *     storm
 * @param tokenCacheSize most verified tokens that are remembered
 * @param feed the session feed
 */
@Validated
@ConfigurationProperties("prism.session")
public record SessionProperties(
    @DefaultValue("prism") String issuer,
    @Nullable URI jwksUri,
    @DefaultValue("30s") Duration maxClockSkew,
    @DefaultValue("5m") Duration jwksCacheTtl,
    @DefaultValue("10s") Duration jwksMinInterval,
    @DefaultValue("50000") @Min(1) int tokenCacheSize,
    @DefaultValue Feed feed) {

  /**
   * The session feed.
   *
   * @param address gRPC target of session-svc, for example {@code dns:///prism-session:8980}; unset
   *     only in session-svc itself
   * @param tls whether the feed uses TLS, with this instance's certificate ({@code
   *     prism.tls.bundle})
   * @param reportInterval how often the use of sessions is reported
   * @param silenceTimeout how long the feed may be silent before it is opened anew
   * @param maxStaleness how long calls go on with what is known while the feed is down
   */
  public record Feed(
      @Nullable String address,
      @DefaultValue("false") boolean tls,
      @DefaultValue("1s") Duration reportInterval,
      @DefaultValue("5s") Duration silenceTimeout,
      @DefaultValue("5m") Duration maxStaleness) {}
}
