package io.prism.objectstore.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What buckets and keys may be called. */
public final class NameRules {

  /** Longest key, in bytes of UTF-8. */
  public static final int MAX_KEY_BYTES = 1024;

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])");
  private static final String PARENT = "..";

  private NameRules() {}

  /**
   * The name of an object in the session's namespace.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public static ObjectName object(String namespace, String bucket, String key) {
    return new ObjectName(namespace, bucket(bucket), key(key));
  }

  /**
   * Checks the name of a bucket.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public static String bucket(String bucket) {
    if (!BUCKET.matcher(bucket).matches()) {
      throw PrismException.invalid(
          "bucket",
          "%s (expected: 3-63 characters [a-z0-9-], no hyphen at either end)"
              .formatted(bucket.length() > 80 ? bucket.length() + " characters" : quoted(bucket)));
    }
    return bucket;
  }

  private static String key(String key) {
    int bytes = text("key", key);
    if (bytes == 0) {
      throw PrismException.invalid("key", "empty (expected: 1-1024 bytes)");
    }
    if (List.of(key.split("/", -1)).contains(PARENT)) {
      throw PrismException.invalid("key", "has a segment .. (expected: none)");
    }
    return key;
  }

  /**
   * Checks what keys are to begin with.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public static String prefix(String prefix) {
    text("prefix", prefix);
    return prefix;
  }

  /**
   * Checks what rolls keys up.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public static String delimiter(String delimiter) {
    text("delimiter", delimiter);
    return delimiter;
  }

  private static int text(String field, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_KEY_BYTES) {
      throw tooLong(field, bytes, MAX_KEY_BYTES);
    }
    // Listings of S3 are XML, which has no way to write these.
    text.codePoints()
        .filter(c -> Character.isISOControl(c) || (c & 0xFFFE) == 0xFFFE)
        .findFirst()
        .ifPresent(
            c -> {
              throw PrismException.invalid(
                  field, "has U+%04X (expected: no control characters)".formatted(c));
            });
    return bytes;
  }

  /** A key or prefix that is longer than it may be. */
  public static PrismException tooLong(String field, int bytes, int limit) {
    String what = "%d bytes (expected: at most %d)".formatted(bytes, limit);
    return PrismException.because(CallReason.LIMIT_EXCEEDED, field + ": " + what)
        .violation(field, what)
        .with("limit", Integer.toString(limit))
        .build();
  }

  private static String quoted(String text) {
    return text.isEmpty() ? "empty" : "\"" + text + "\"";
  }
}
