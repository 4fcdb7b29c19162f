package io.prism.timeseries.domain;

/** What is computed over the values of a metric. */
public enum AggregateFunction {
  COUNT(0),
  SUM(0),
  AVG(0),
  MIN(0),
  MAX(0),
  P50(50),
  P95(95),
  P99(99);

  private final int percent;

  AggregateFunction(int percent) {
    this.percent = percent;
  }

  /** Which percentile it is; 0: none. */
  public int percent() {
    return percent;
  }

  /** The same as a fraction. */
  public double quantile() {
    return percent / 100.0;
  }

  public boolean isQuantile() {
    return percent > 0;
  }
}
