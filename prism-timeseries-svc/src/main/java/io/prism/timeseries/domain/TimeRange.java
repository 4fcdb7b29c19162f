package io.prism.timeseries.domain;

import io.prism.starter.error.PrismException;

/**
 * A time range in Unix nanoseconds.
 *
 * @param start inclusive
 * @param end exclusive, after the start
 */
public record TimeRange(long start, long end) {

  /**
   * The range that a request asks for.
   *
   * @throws PrismException INVALID_ARGUMENT unless it starts before it ends, and not before 1970
   */
  public static TimeRange of(long start, long end) {
    if (start < 0) {
      throw PrismException.invalid("start_time", start + " (expected: 0 or more)");
    }
    if (end <= start) {
      throw PrismException.invalid(
          "end_time", "%d (expected: after start_time, %d)".formatted(end, start));
    }
    return new TimeRange(start, end);
  }
}
