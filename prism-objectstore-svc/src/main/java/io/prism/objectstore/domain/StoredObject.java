package io.prism.objectstore.domain;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an object.
 *
 * @param size in bytes
 * @param etag changes with the content
 * @param contentType media type; may be empty in lists
 * @param expiresAt when it ceases to exist; null: never
 * @param metadata the client's facts about it; empty in lists
 * @param sha256 in lower-case hex; empty: not known
 */
public record StoredObject(
    String key,
    long size,
    String etag,
    Instant lastModified,
    String contentType,
    @Nullable Instant expiresAt,
    Map<String, String> metadata,
    String sha256) {

  /** Whether it does not exist any more, though it is still there. */
  public boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }
}
