package io.prism.timeseries.domain;

/**
 * How values are counted for quantiles: in buckets whose width grows with the value, so that a
 * quantile is off by at most {@value #RELATIVE_ERROR} of its value, whatever the values. Sketches
 * merge by adding counts, in any order, without a further loss. Known as DDSketch.
 *
 * <p>A bucket is an integer that orders like the values in it: 0 for the value 0, negative for
 * negative values. The value at quantile q of n values is the smallest one that is not less than
 * ⌈q·n⌉ of them.
 */
public final class QuantileSketch {

  /** By how much of its value a quantile is off at most. */
  public static final double RELATIVE_ERROR = 0.01;

  /** The ratio of a bucket's bounds. */
  public static final double GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);

  /** The logarithm of the ratio of a bucket's bounds. */
  public static final double LN_GAMMA = Math.log(GAMMA);

  /** What is added to keep the buckets of all positive doubles above 0. */
  public static final int OFFSET = 40_000;

  private QuantileSketch() {}

  /** The bucket of a value. */
  public static int bucket(double value) {
    if (value == 0) {
      return 0;
    }
    int bucket = (int) Math.ceil(Math.log(Math.abs(value)) / LN_GAMMA) + OFFSET;
    return value > 0 ? bucket : -bucket;
  }

  /** The value that stands for all of a bucket. */
  public static double value(int bucket) {
    if (bucket == 0) {
      return 0;
    }
    double value = Math.exp((Math.abs(bucket) - OFFSET) * LN_GAMMA + Math.log(2 / (GAMMA + 1)));
    return bucket > 0 ? value : -value;
  }
}
