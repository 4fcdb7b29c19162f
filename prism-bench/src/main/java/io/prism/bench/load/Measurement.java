package io.prism.bench.load;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one round of a load yields; all of its work was done.
 *
 * @param items how many items were done: calls, messages, or rows
 * @param nanos from the begin of the round to the end of its last operation
 * @param latencies of its operations in nanoseconds, or null where operations have none
 */
public record Measurement(long items, long nanos, @Nullable Histogram latencies) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLISECOND = 1e6;

  /** Items per second. */
  public double rate() {
    return items * NANOS_PER_SECOND / nanos;
  }

  /**
   * The latency in milliseconds that a share of the operations did not exceed, or null.
   *
   * @param percentile from 0 to 100
   */
  public @Nullable Double latencyMillis(double percentile) {
    return latencies == null
        ? null
        : latencies.getValueAtPercentile(percentile) / NANOS_PER_MILLISECOND;
  }
}
