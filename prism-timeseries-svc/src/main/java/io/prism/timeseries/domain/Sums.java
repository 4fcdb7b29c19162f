package io.prism.timeseries.domain;

/**
 * What is known of some values.
 *
 * @param n how many they are, at least one
 */
public record Sums(long n, double total, double lowest, double highest) {

  /**
   * What a function says of them.
   *
   * @param sketchBucket of a quantile, that which it is in; see {@link QuantileSketch}
   */
  public double value(AggregateFunction function, int sketchBucket) {
    return switch (function) {
      case COUNT -> n;
      case SUM -> total;
      case AVG -> total / n;
      case MIN -> lowest;
      case MAX -> highest;
      case P50, P95, P99 -> Math.clamp(QuantileSketch.value(sketchBucket), lowest, highest);
    };
  }
}
