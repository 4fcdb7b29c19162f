package io.prism.bench.scenario;

import io.prism.bench.load.Measurement;
import org.jspecify.annotations.Nullable;

/** What a figure counts. */
public enum Unit {
  /** Calls in a second; more is better. */
  CALLS_PER_SECOND("calls/s"),
  /** Messages in a second; more is better. */
  MESSAGES_PER_SECOND("msg/s"),
  /** Keys in a second; more is better. */
  KEYS_PER_SECOND("keys/s"),
  /** Events delivered in a second; more is better. */
  EVENTS_PER_SECOND("events/s"),
  /** Rows in a second; more is better. */
  ROWS_PER_SECOND("rows/s"),
  /** Vectors in a second; more is better. */
  VECTORS_PER_SECOND("vectors/s"),
  /** Megabytes, of 1 048 576 bytes, in a second; more is better. */
  MEGABYTES_PER_SECOND("MB/s"),
  /** The median latency in milliseconds; less is better. */
  MILLISECONDS("ms");

  private final String symbol;

  Unit(String symbol) {
    this.symbol = symbol;
  }

  /** How it is written. */
  public String symbol() {
    return symbol;
  }

  /** The figure of one round. */
  double of(Measurement measurement) {
    return switch (this) {
      case CALLS_PER_SECOND,
          MESSAGES_PER_SECOND,
          KEYS_PER_SECOND,
          EVENTS_PER_SECOND,
          ROWS_PER_SECOND,
          VECTORS_PER_SECOND,
          MEGABYTES_PER_SECOND ->
          measurement.rate();
      case MILLISECONDS -> median(measurement.latencyMillis(50));
    };
  }

  private static double median(@Nullable Double found) {
    if (found == null) {
      throw new IllegalStateException("no latencies, expected those of every operation");
    }
    return found;
  }
}
