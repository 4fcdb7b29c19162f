package io.prism.bench.report;

import org.jspecify.annotations.Nullable;

/** Rows for tests. */
final class Rows {
  private Rows() {}

  static Row compared(String scenario, double prism, double direct) {
    return row(scenario, prism, direct, prism / direct);
  }

  static Row alone(String scenario, double prism) {
    return row(scenario, prism, null, null);
  }

  private static Row row(
      String scenario, double prism, @Nullable Double direct, @Nullable Double ratio) {
    return new Row(
        scenario,
        "calls/s",
        prism,
        direct,
        ratio,
        9.5,
        20.25,
        direct == null ? null : 1.0,
        direct == null ? null : 2.0,
        123.45,
        67.8,
        5,
        "abc1234");
  }
}
