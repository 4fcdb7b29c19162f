package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.QuantileSketch;

/**
 * What is kept of values, to be put together with that of others: how many they are, their sum, the
 * smallest and the largest, and how many are in each bucket of a {@link QuantileSketch}.
 */
final class State {

  /** Of states that are put together. */
  static final String MERGED =
      "sum(n) AS n, sumKahan(total) AS total, min(lowest) AS lowest, max(highest) AS highest,"
          + " sumMap(sketch_buckets, sketch_counts) AS sketch";

  /** Of states of values in one bucket of a sketch each. */
  static final String OF_BUCKETS =
      "sum(c) AS n, sumKahan(t) AS total, min(l) AS lowest, max(h) AS highest,"
          + " groupArray(sketch_bucket) AS sketch_buckets, groupArray(c) AS sketch_counts";

  /** The domain's own formula. */
  private static final String SKETCH_BUCKET =
      "toInt32(if(value = 0, 0, sign(value) * (ceil(log(abs(value)) / %s) + %d)))"
          .formatted(QuantileSketch.LN_GAMMA, QuantileSketch.OFFSET);

  private State() {}

  /**
   * Of values in one bucket of a sketch each.
   *
   * @param sketches whether buckets are told apart
   */
  static String ofValues(String value, boolean sketches) {
    return (sketches ? SKETCH_BUCKET : "toInt32(0)")
        + " AS sketch_bucket, count() AS c, sumKahan(%1$s) AS t, min(%1$s) AS l, max(%1$s) AS h"
            .formatted(value);
  }
}
