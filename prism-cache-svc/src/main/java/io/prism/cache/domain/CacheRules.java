package io.prism.cache.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;

/**
 * What keys and values may be.
 *
 * @param maxKeyBytes most bytes of a key in UTF-8
 * @param maxValueBytes most bytes of a value
 * @param maxBatch most keys of one request
 * @param maxTtl longest time to live
 */
public record CacheRules(int maxKeyBytes, int maxValueBytes, int maxBatch, Duration maxTtl) {

  /**
   * Checks a key.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public String key(String field, String key) {
    if (key.isEmpty()) {
      throw PrismException.invalid(field, "empty (expected: 1 to " + maxKeyBytes + " bytes)");
    }
    // At most three bytes per char: only a long key has to be counted.
    if (key.length() > maxKeyBytes / 3) {
      int size = utf8Length(key);
      if (size > maxKeyBytes) {
        throw tooLarge(field, size + " bytes", maxKeyBytes);
      }
    }
    return key;
  }

  /**
   * Checks a key of a list; the path of its field is made only when it is wrong.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public String key(String list, int index, String key) {
    boolean surelyRight = !key.isEmpty() && key.length() <= maxKeyBytes / 3;
    return surelyRight ? key : key(list + "[" + index + "]", key);
  }

  /**
   * Checks a value's size.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public void value(int size) {
    if (size > maxValueBytes) {
      throw tooLarge("value", size + " bytes", maxValueBytes);
    }
  }

  /**
   * Checks how many keys a request has.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public void count(String field, int count) {
    if (count == 0) {
      throw PrismException.invalid(field, "empty (expected: 1 to " + maxBatch + ")");
    }
    if (count > maxBatch) {
      throw tooLarge(field, count + " items", maxBatch);
    }
  }

  /**
   * Checks a time to live, which counts in milliseconds, begun ones as whole.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public Duration ttl(String field, Duration ttl) {
    if (!ttl.isPositive()) {
      throw PrismException.invalid(field, ttl + " (expected: more than zero)");
    }
    if (ttl.compareTo(maxTtl) > 0) {
      throw tooLarge(field, ttl.toString(), maxTtl.toSeconds());
    }
    return Duration.ofMillis(ttl.plusNanos(999_999).toMillis());
  }

  private static int utf8Length(String text) {
    int size = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Each half of a pair stands for two of its four bytes.
      size += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return size;
  }

  private static PrismException tooLarge(String field, String found, long limit) {
    String what = found + " (expected: at most " + limit + ")";
    return PrismException.because(CallReason.LIMIT_EXCEEDED, field + ": " + what)
        .violation(field, what)
        .with("limit", Long.toString(limit))
        .build();
  }
}
