package io.prism.session;

import io.prism.config.v1.BackendType;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How session-svc makes and keeps sessions.
 *
 * @param bootstrapApiKey the first admin key, {@code keyid.secret} with 24 characters of secret or
 *     more; unset: one is made and printed once
 * @param firstNamespace namespace that is created when there is none
 * @param encryptionKey encrypts the stored signing keys and peppers the hashes of API keys: 32
 *     random bytes in base64, the same for all replicas, kept for good
 * @param lifetime how long a session lives unless it is refreshed
 * @param maxLifetime how long it lives whatever is refreshed: the life of its token
 * @param idleLimit how long a session lives without a call
 * @param idleGrace how long nobody counts as idle after a start or an outage, so that instances can
 *     report what happened meanwhile
 * @param closeLimit how long pending operations may hold up the closing of a session
 * @param instanceLimit how long after its last report an instance may still take calls: {@code
 *     prism.session.feed.max-staleness} of the other services
 * @param maxSessionsPerCredential most live sessions of one API key or other credential; 0: no
 *     limit
 * @param sessionRetention how long a session is kept after its token has died
 * @param reportInterval how often the use of sessions by calls to this service is booked
 * @param sweepInterval how often sessions are looked at that have to end
 * @param changes how changes are learned from other replicas
 * @param keys the signing keys
 * @param login how wrong credentials are slowed down
 * @param audit audit events
 * @param configs what configurations may say
 * @param oidc issuers of tokens that count as credentials
 * @param mtls client certificates that count as credentials
 */
@Validated
@ConfigurationProperties("prism.session.server")
public record SessionServerProperties(
    @Nullable String bootstrapApiKey,
    @DefaultValue("default") String firstNamespace,
    @Nullable String encryptionKey,
    @DefaultValue("1h") Duration lifetime,
    @DefaultValue("24h") Duration maxLifetime,
    @DefaultValue("5m") Duration idleLimit,
    @DefaultValue("30s") Duration idleGrace,
    @DefaultValue("60s") Duration closeLimit,
    @DefaultValue("5m") Duration instanceLimit,
    @DefaultValue("0") @Min(0) int maxSessionsPerCredential,
    @DefaultValue("24h") Duration sessionRetention,
    @DefaultValue("1s") Duration reportInterval,
    @DefaultValue("500ms") Duration sweepInterval,
    @DefaultValue @Valid Changes changes,
    @DefaultValue @Valid Keys keys,
    @DefaultValue @Valid Logins login,
    @DefaultValue @Valid Audit audit,
    @DefaultValue @Valid Configs configs,
    @DefaultValue @Valid Oidc oidc,
    @DefaultValue @Valid Mtls mtls) {

  /** Never shows a secret. */
  @Override
  public String toString() {
    return "SessionServerProperties[***]";
  }

  /**
   * How changes are learned from other replicas and handed on to instances.
   *
   * @param interval how often they are looked for without a notification
   * @param retryDelay how long after a failure the database is tried again
   * @param maxSilence how long the database may be silent before the feed is cut
   * @param maxWaiting most changes that may wait for one instance before it is cut off
   */
  public record Changes(
      @DefaultValue("400ms") Duration interval,
      @DefaultValue("500ms") Duration retryDelay,
      @DefaultValue("3s") Duration maxSilence,
      @DefaultValue("100000") @Min(1) int maxWaiting) {}

  /**
   * The keys that sign session tokens (RS256).
   *
   * @param file JWK, JWK set or PEM with private RSA keys, rotated by somebody else: the first
   *     signs; unset: keys are made here and stored in the database
   * @param pepper keys the hashes of API keys: 16 random bytes or more in base64; unset: made of
   *     the encryption key
   * @param bits size of keys made here
   * @param rotateEvery how long a key signs
   * @param lead how long a new key is published before it signs; longer than services keep the JWKS
   *     and than {@code refresh-interval}
   * @param refreshInterval how often the keys are looked up
   */
  public record Keys(
      @Nullable Path file,
      @Nullable String pepper,
      @DefaultValue("2048") @Min(2048) @Max(8192) int bits,
      @DefaultValue("30d") Duration rotateEvery,
      @DefaultValue("15m") Duration lead,
      @DefaultValue("10s") Duration refreshInterval) {}

  /**
   * How wrong credentials are slowed down, per key id and per peer address.
   *
   * @param freeFailures failures that are answered at once
   * @param firstDelay delay of the next; doubles with each further one
   * @param maxDelay where the doubling ends
   * @param forgetAfter time without a failure after which counting starts anew
   * @param maxCounted most key ids and addresses that are counted
   * @param maxWaiting most answers held back at once; more get RESOURCE_EXHAUSTED
   */
  public record Logins(
      @DefaultValue("5") @Min(0) int freeFailures,
      @DefaultValue("100ms") Duration firstDelay,
      @DefaultValue("5s") Duration maxDelay,
      @DefaultValue("10m") Duration forgetAfter,
      @DefaultValue("20000") @Min(1) int maxCounted,
      @DefaultValue("200") @Min(1) int maxWaiting) {}

  /**
   * Audit events.
   *
   * @param retention how long they are kept
   * @param maxRefusalsPerMinute most refused calls that are kept, per replica
   */
  public record Audit(
      @DefaultValue("90d") Duration retention,
      @DefaultValue("600") @Min(1) int maxRefusalsPerMinute) {}

  /**
   * What configurations may say.
   *
   * @param maxBytes most bytes of a resolved configuration; it travels in every token
   * @param maxPoolConnections most of {@code backend.pool.max_connections}
   * @param maxTimeoutMs most of {@code consistency.timeout_ms}
   * @param maxCacheSizeMb most of {@code cache.max_size_mb}
   * @param maxRequestsPerSecond most of {@code rate_limit.requests_per_second}
   * @param maxPartitions most of {@code queue.partitions}
   * @param maxRetentionDays most of {@code timeseries.retention_days} and {@code queue.retention}
   * @param backendOptions names that {@code backend.options} may have
   * @param requestsPerSecond rate limit of a session that names none; 0: none
   * @param burst its burst; 0: the same number
   * @param timeSeriesBackend the deployment's store for time series
   */
  public record Configs(
      @DefaultValue("4096") @Min(256) @Max(4096) int maxBytes,
      @DefaultValue("100") int maxPoolConnections,
      @DefaultValue("60000") int maxTimeoutMs,
      @DefaultValue("4096") int maxCacheSizeMb,
      @DefaultValue("100000") int maxRequestsPerSecond,
      @DefaultValue("64") int maxPartitions,
      @DefaultValue("3650") int maxRetentionDays,
      @DefaultValue Set<String> backendOptions,
      @DefaultValue("0") @Min(0) int requestsPerSecond,
      @DefaultValue("0") @Min(0) int burst,
      @DefaultValue("BACKEND_TYPE_CLICKHOUSE") BackendType timeSeriesBackend) {}

  /**
   * Tokens of OpenID Connect issuers as credentials.
   *
   * @param issuers who is trusted; empty: nobody
   * @param maxClockSkew how far an issuer's clock may differ
   * @param timeout limit for fetching an issuer's keys
   * @param cacheTtl how long an issuer's keys are used before they are fetched again
   */
  public record Oidc(
      @DefaultValue List<@Valid Issuer> issuers,
      @DefaultValue("30s") Duration maxClockSkew,
      @DefaultValue("2s") Duration timeout,
      @DefaultValue("5m") Duration cacheTtl) {}

  /**
   * A trusted issuer.
   *
   * @param issuer its {@code iss}
   * @param jwksUri where its keys are
   * @param audience what {@code aud} must contain
   * @param principalClaim claim that names the principal
   * @param principalPrefix put before it, so that two issuers cannot name the same
   * @param permissionsClaim claim with permissions, a list or words; absent: none
   * @param permissions permissions of everybody with a valid token
   * @param namespacesClaim claim with namespaces, a list or words; absent: none
   * @param namespaces namespaces of everybody with a valid token
   */
  public record Issuer(
      @NotEmpty String issuer,
      @NotNull URI jwksUri,
      @NotEmpty String audience,
      @DefaultValue("sub") String principalClaim,
      @DefaultValue("") String principalPrefix,
      @DefaultValue("prism_permissions") String permissionsClaim,
      @DefaultValue List<String> permissions,
      @DefaultValue("prism_namespaces") String namespacesClaim,
      @DefaultValue List<String> namespaces) {}

  /**
   * Client certificates as credentials.
   *
   * @param ca PEM file with the certificates of the authorities that count; unset: none
   * @param principals what certificates allow, by principal
   */
  public record Mtls(@Nullable Path ca, @DefaultValue List<@Valid Principal> principals) {}

  /**
   * What a certificate allows.
   *
   * @param principal SPIFFE URI, else common name, of the certificate
   * @param namespaces namespaces; {@code *} is every one
   * @param permissions {@code service:level}
   */
  public record Principal(
      @NotEmpty String principal,
      @NotEmpty List<String> namespaces,
      @NotEmpty List<String> permissions) {}
}
