package io.prism.session.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An API key as it is stored: without its secret. */
public record ApiKeyRecord(
    String id,
    SecretHash hash,
    String principal,
    Rights rights,
    @Nullable Instant expiresAt,
    Instant createdAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt) {

  /** Whether sessions may be created with it. */
  public boolean isUsable(Instant now) {
    return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
  }
}
