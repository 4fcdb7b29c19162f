package io.prism.cache.postgres;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes expired rows of the durable table now and then, in batches. */
public final class Sweep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  private final DurableTable table;
  private final Duration interval;
  private final int batch;
  private final Thread thread;

  public Sweep(DurableTable table, Duration interval, int batch) {
    this.table = table;
    this.interval = interval;
    this.batch = batch;
    this.thread = Thread.ofVirtual().name("prism-cache-sweep").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(interval.toNanos());
        sweep();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sweep() {
    try {
      int removed;
      do {
        removed = table.sweep(batch);
      } while (removed == batch);
    } catch (RuntimeException e) {
      log.debug("expired rows are swept at the next time", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
