package io.prism.objectstore;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sweeps now and then. */
final class Sweeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

  private final IntSupplier sweep;
  private final Duration interval;
  private final Thread thread;

  /**
   * @param sweep removes what is to be removed and says how much that was; may block
   */
  Sweeper(IntSupplier sweep, Duration interval) {
    this.sweep = sweep;
    this.interval = interval;
    this.thread = Thread.ofVirtual().name("prism-objectstore-sweep").start(this::run);
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
      int removed = sweep.getAsInt();
      if (removed > 0) {
        log.info("{} expired objects and leftovers of uploads removed", removed);
      }
    } catch (RuntimeException e) {
      log.warn("what is left is swept at the next time: {}", e.toString());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
