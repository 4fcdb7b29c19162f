package io.prism.session.domain;

import io.prism.config.v1.ClientConfig;
import java.time.Duration;
import java.time.Instant;

/**
 * A session as it is stored.
 *
 * @param createdReadOnly whether its token says READ_ONLY
 * @param tokenExpiresAt when the token dies by itself, whatever is refreshed
 * @param readAt the store's clock when this was read; all times here are the store's
 */
public record SessionRecord(
    String id,
    long version,
    SessionState state,
    String reason,
    Identity identity,
    Client client,
    String namespace,
    ClientConfig config,
    boolean createdReadOnly,
    Instant createdAt,
    Instant expiresAt,
    Instant tokenExpiresAt,
    Instant lastActivity,
    Usage usage,
    Instant readAt) {

  /** In its last stretch a session is EXPIRING. */
  public static final Duration EXPIRING = Duration.ofSeconds(60);

  public Duration timeToLive() {
    Duration left = Duration.between(readAt, expiresAt);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Whether calls may still be made; the sweeper may not have come by yet. */
  public boolean isLive() {
    return state.isLive() && readAt.isBefore(expiresAt);
  }

  public boolean isExpiring() {
    return state == SessionState.ACTIVE && timeToLive().compareTo(EXPIRING) <= 0;
  }
}
