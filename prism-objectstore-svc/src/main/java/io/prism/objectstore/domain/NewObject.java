package io.prism.objectstore.domain;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object to be stored.
 *
 * @param contentType media type, not empty
 * @param metadata the client's facts about it
 * @param expiresAt when it ceases to exist; null: never
 * @param sha256 of the whole object in lower-case hex, where it is known beforehand
 * @param onlyIfNotExists whether to store it only where there is none that has not expired
 */
public record NewObject(
    ObjectName name,
    String contentType,
    Map<String, String> metadata,
    @Nullable Instant expiresAt,
    @Nullable String sha256,
    boolean onlyIfNotExists) {

  /** The same with its checksum known. */
  public NewObject withSha256(String known) {
    return new NewObject(name, contentType, metadata, expiresAt, known, onlyIfNotExists);
  }
}
