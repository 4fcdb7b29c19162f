package io.prism.objectstore.domain;

import io.prism.starter.error.PrismException;
import org.jspecify.annotations.Nullable;

/**
 * A part of an object.
 *
 * @param start first byte wanted, from 0
 * @param end end of the range, exclusive; null: that of the object
 */
public record ByteRange(long start, @Nullable Long end) {

  /** All of an object. */
  public static final ByteRange WHOLE = new ByteRange(0, null);

  /**
   * Checks a range as it was asked for.
   *
   * @throws PrismException INVALID_ARGUMENT
   */
  public static ByteRange of(@Nullable Long start, @Nullable Long end) {
    if (start != null && start < 0) {
      throw PrismException.invalid("range_start", start + " (expected: 0 or more)");
    }
    if (end != null && end < 0) {
      throw PrismException.invalid("range_end", end + " (expected: 0 or more)");
    }
    long first = start == null ? 0 : start;
    if (end != null && end <= first) {
      throw PrismException.invalid(
          "range_end", "%d (expected: more than range_start, %d)".formatted(end, first));
    }
    return new ByteRange(first, end);
  }

  /** Whether it has to be asked for, being less than all of an object of any size. */
  public boolean isPartial() {
    return start > 0 || end != null;
  }

  /**
   * How many bytes of an object it has.
   *
   * @throws PrismException RANGE_INVALID when it begins at or after the end; but all ranges from 0
   *     of an empty object are empty
   */
  public long lengthOf(long size) {
    if (start >= size && !(start == 0 && size == 0)) {
      throw PrismException.because(
              ObjectStoreReason.RANGE_INVALID,
              "range_start: %d (expected: less than the object's size, %d)".formatted(start, size))
          .with("size_bytes", Long.toString(size))
          .build();
    }
    Long limit = end;
    return (limit == null ? size : Math.min(limit, size)) - start;
  }
}
