package io.prism.bench.load;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What comes of the attempts of one round. Thread-safe. */
final class Tally {
  private static final int SIGNIFICANT_DIGITS = 3;

  private final LongSupplier clock;
  private final long beginNanos;
  private final Histogram latencies = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
  private final LongAdder started = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAccumulator lastNanos;
  private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

  /**
   * @param clock nanoseconds, of any origin
   */
  Tally(LongSupplier clock) {
    this.clock = clock;
    this.beginNanos = clock.getAsLong();
    this.lastNanos = new LongAccumulator(Math::max, 0);
  }

  long beginNanos() {
    return beginNanos;
  }

  Attempt attempt(long intendedNanos, Runnable afterwards) {
    started.increment();
    return new Attempt(this, intendedNanos, afterwards);
  }

  void succeeded(long intendedNanos) {
    long now = clock.getAsLong();
    latencies.recordValue(Math.max(0, now - intendedNanos));
    lastNanos.accumulate(now - beginNanos);
    succeeded.increment();
  }

  void failed(Throwable failure) {
    first.compareAndSet(null, failure);
    failed.increment();
  }

  /**
   * The measurement, when everything that was started is done.
   *
   * @param items how many items each attempt did
   * @throws WorkNotDone otherwise
   */
  Measurement result(int items) {
    long all = started.sum();
    long done = succeeded.sum();
    if (done != all || all == 0) {
      long unanswered = all - done - failed.sum();
      throw new WorkNotDone(all, failed.sum(), unanswered, first.get());
    }
    return new Measurement(done * items, lastNanos.get(), latencies);
  }
}
