package io.prism.bench.load;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps a number of operations in flight: the end of each starts the next. Says what a system can
 * do; its latencies are those at full load.
 *
 * @param inFlight how many operations are under way at a time
 * @param items how many items one operation does
 * @param limit how long and for how many items operations are started
 * @param starter runs the starts
 */
public record ClosedLoop(
    int inFlight, int items, Limit limit, Executor starter, Operation operation) implements Load {

  /**
   * Where a round ends.
   *
   * @param time after that long
   * @param items after that many items, if that comes first
   */
  public record Limit(Duration time, long items) {}

  /** One item per operation, started on the thread that tells of the end of the one before. */
  public ClosedLoop(int inFlight, Limit limit, Operation operation) {
    this(inFlight, 1, limit, Runnable::run, operation);
  }

  @Override
  public Measurement round() throws InterruptedException {
    Tally tally = new Tally(System::nanoTime);
    CountDownLatch idle = new CountDownLatch(inFlight);
    AtomicLong allowed = new AtomicLong(limit.items() / items);
    for (int i = 0; i < inFlight; i++) {
      starter.execute(new Slot(tally, allowed, idle));
    }
    var _ = idle.await(limit.time().toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS);
    return tally.result(items);
  }

  /** Has one operation under way at a time. */
  private final class Slot implements Runnable {
    private final Tally tally;
    private final AtomicLong allowed;
    private final CountDownLatch idle;
    private final AtomicInteger due = new AtomicInteger();

    Slot(Tally tally, AtomicLong allowed, CountDownLatch idle) {
      this.tally = tally;
      this.allowed = allowed;
      this.idle = idle;
    }

    /** Loops instead of calling itself: an operation may end before its start has returned. */
    @Override
    public void run() {
      if (due.getAndIncrement() > 0) {
        return;
      }
      do {
        long now = System.nanoTime();
        if (now - tally.beginNanos() >= limit.time().toNanos() || allowed.decrementAndGet() < 0) {
          idle.countDown();
          return;
        }
        tally.attempt(now, () -> starter.execute(this)).start(operation);
      } while (due.decrementAndGet() > 0);
    }
  }
}
