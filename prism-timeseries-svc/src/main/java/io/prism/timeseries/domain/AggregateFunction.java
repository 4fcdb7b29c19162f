package io.prism.timeseries.domain;

/** What is computed over the values of a metric. */
public enum AggregateFunction {
  COUNT(0),
  SUM(0),
  AVG(0),
  MIN(0),
  MAX(0),
  P50(0.5),
  P95(0.95),
  P99(0.99);

  private final double quantile;

  AggregateFunction(double quantile) {
    this.quantile = quantile;
  }

  /** Which quantile it is; 0: none. */
  public double quantile() {
    return quantile;
  }

  public boolean isQuantile() {
    return quantile > 0;
  }
}
