package io.prism.reader.grpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Metrics of this instance's reading: no tag grows with collections or clients. */
public final class ReaderMeters {

  private final Counter pages;
  private final Counter read;
  private final Counter queried;
  private final Counter found;
  private final Counter missed;

  public ReaderMeters(MeterRegistry meters) {
    pages = meters.counter("prism.reader.pages");
    read = meters.counter("prism.reader.rows", "rpc", "read");
    queried = meters.counter("prism.reader.rows", "rpc", "query");
    found = meters.counter("prism.reader.gets", "found", "true");
    missed = meters.counter("prism.reader.gets", "found", "false");
  }

  void page(int rows) {
    pages.increment();
    read.increment(rows);
  }

  void chunk(int rows) {
    queried.increment(rows);
  }

  void got(boolean isFound) {
    (isFound ? found : missed).increment();
  }
}
