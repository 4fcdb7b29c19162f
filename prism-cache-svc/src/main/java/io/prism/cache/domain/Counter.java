package io.prism.cache.domain;

import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;

/** Counters: integers of 64 bits as decimal text, exactly as Redis takes them. */
public final class Counter {

  private static final int LONGEST = Long.toString(Long.MIN_VALUE).length();

  private Counter() {}

  /**
   * The value after an addition.
   *
   * @throws PrismException NOT_AN_INTEGER, COUNTER_OVERFLOW
   */
  public static long add(byte[] value, long delta) {
    return add(parse(value), delta);
  }

  /**
   * The value after an addition.
   *
   * @throws PrismException COUNTER_OVERFLOW
   */
  public static long add(long value, long delta) {
    try {
      return Math.addExact(value, delta);
    } catch (ArithmeticException e) {
      throw overflow();
    }
  }

  private static long parse(byte[] value) {
    if (value.length == 0 || value.length > LONGEST) {
      throw notAnInteger();
    }
    String text = new String(value, StandardCharsets.ISO_8859_1);
    try {
      long number = Long.parseLong(text);
      // No plus sign, no leading zeros, no minus zero.
      if (Long.toString(number).equals(text)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw notAnInteger();
    }
    throw notAnInteger();
  }

  /** A counter's bytes. */
  public static byte[] bytes(long value) {
    return Long.toString(value).getBytes(StandardCharsets.ISO_8859_1);
  }

  public static PrismException notAnInteger() {
    return PrismException.of(
        CacheReason.NOT_AN_INTEGER,
        "the value of the key is no counter (expected: an integer of 64 bits in decimal)");
  }

  public static PrismException overflow() {
    return PrismException.of(
        CacheReason.COUNTER_OVERFLOW, "the sum is beyond 64 bits; the counter stays as it was");
  }
}
