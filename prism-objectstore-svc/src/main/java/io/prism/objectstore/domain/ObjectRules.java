package io.prism.objectstore.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What objects and requests for them may be, whatever the store. */
public final class ObjectRules {

  /** Most bytes of a chunk. */
  public static final int MAX_CHUNK_BYTES = 4 * 1024 * 1024;

  /** Most bytes of an object's metadata. */
  public static final int MAX_METADATA_BYTES = 2048;

  /** How long presigned URLs work at most, and by default. */
  public static final Duration MAX_URL_LIFETIME = Duration.ofHours(1);

  private static final int DEFAULT_LIST_LIMIT = 100;
  private static final int MAX_LIST_LIMIT = 10_000;
  private static final int MAX_CONTENT_TYPE = 255;
  private static final long MAX_TTL_SECONDS = Duration.ofDays(36_500).toSeconds();
  private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

  private ObjectRules() {}

  /** The media type of an object, checked. */
  public static String contentType(String contentType) {
    if (contentType.length() > MAX_CONTENT_TYPE || !PRINTABLE.matcher(contentType).matches()) {
      throw PrismException.invalid(
          "content_type", "no media type (expected: at most 255 printable ASCII characters)");
    }
    String trimmed = contentType.strip();
    return trimmed.isEmpty() ? DEFAULT_CONTENT_TYPE : trimmed;
  }

  /** The metadata of an object, checked. */
  public static Map<String, String> metadata(Map<String, String> metadata) {
    int bytes = 0;
    for (Map.Entry<String, String> fact : metadata.entrySet()) {
      if (fact.getKey().isEmpty()) {
        throw PrismException.invalid("metadata", "has an empty name (expected: none)");
      }
      bytes += utf8(fact.getKey()) + utf8(fact.getValue());
    }
    if (bytes > MAX_METADATA_BYTES) {
      throw tooMuchMetadata(bytes, MAX_METADATA_BYTES);
    }
    return metadata;
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** An object has more metadata than it may. */
  public static PrismException tooMuchMetadata(int bytes, int limit) {
    String what = "%d bytes (expected: at most %d)".formatted(bytes, limit);
    return PrismException.because(CallReason.LIMIT_EXCEEDED, "metadata: " + what)
        .violation("metadata", what)
        .with("limit", Integer.toString(limit))
        .build();
  }

  /**
   * When an object expires.
   *
   * @param requested seconds; null: as configured
   * @param configured seconds; 0: never
   */
  public static @Nullable Instant expiresAt(
      @Nullable Long requested, long configured, Instant now) {
    if (requested != null && (requested < 1 || requested > MAX_TTL_SECONDS)) {
      throw PrismException.invalid(
          "ttl_seconds", "%d (expected: 1-%d)".formatted(requested, MAX_TTL_SECONDS));
    }
    long seconds = requested == null ? configured : requested;
    // Whole seconds, so that every store tells the same.
    return seconds <= 0
        ? null
        : Instant.ofEpochSecond(now.getEpochSecond() + (now.getNano() > 0 ? 1 : 0) + seconds);
  }

  /** A checksum as it was sent, in lower case. */
  public static @Nullable String sha256(@Nullable String sha256) {
    if (sha256 == null) {
      return null;
    }
    if (!SHA256.matcher(sha256).matches()) {
      throw PrismException.invalid(
          "sha256", sha256.length() + " characters (expected: 64 hexadecimal digits)");
    }
    return sha256.toLowerCase(Locale.ROOT);
  }

  /** Checks the size of a chunk. */
  public static void chunk(int bytes) {
    if (bytes > MAX_CHUNK_BYTES) {
      String what = "%d bytes (expected: at most %d)".formatted(bytes, MAX_CHUNK_BYTES);
      throw PrismException.because(CallReason.LIMIT_EXCEEDED, "chunk: " + what)
          .violation("chunk", what)
          .with("limit", Integer.toString(MAX_CHUNK_BYTES))
          .build();
    }
  }

  /** How many objects a page of a listing has. */
  public static int listLimit(int maxResults) {
    if (maxResults < 0) {
      throw PrismException.invalid("max_results", maxResults + " (expected: 0 or more)");
    }
    return maxResults == 0 ? DEFAULT_LIST_LIMIT : Math.min(maxResults, MAX_LIST_LIMIT);
  }

  /** How long a presigned URL works; null: as long as it may. */
  public static Duration urlLifetime(@Nullable Duration requested) {
    if (requested == null) {
      return MAX_URL_LIFETIME;
    }
    // Signatures count whole seconds.
    if (requested.toSeconds() < 1 || requested.compareTo(MAX_URL_LIFETIME) > 0) {
      throw PrismException.invalid("expires_in", requested + " (expected: PT1S-PT1H)");
    }
    return Duration.ofSeconds(requested.toSeconds());
  }
}
