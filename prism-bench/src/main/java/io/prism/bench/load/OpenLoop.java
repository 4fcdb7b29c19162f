package io.prism.bench.load;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Starts operations at a steady rate, whether or not earlier ones are done, as independent clients
 * would. A latency counts from the moment at which the operation was due: one that had to wait for
 * a stalled predecessor is as late as its user finds it.
 *
 * @param perSecond how many operations are due in a second
 * @param time how long operations are due for
 */
public record OpenLoop(int perSecond, Duration time, Pace pace, Operation operation)
    implements Load {
  private static final int WARM_UP_IN_FLIGHT = 16;

  /** In real time. */
  public OpenLoop(int perSecond, Duration time, Operation operation) {
    this(perSecond, time, Pace.REAL, operation);
  }

  /**
   * A service that was just started cannot keep the rate, and at a low rate it is compiled for
   * minutes.
   */
  @Override
  public Load warmUp() {
    return new ClosedLoop(WARM_UP_IN_FLIGHT, new ClosedLoop.Limit(time, Long.MAX_VALUE), operation);
  }

  @Override
  public Measurement round() throws InterruptedException {
    Tally tally = new Tally(pace::nanoTime);
    int total = Math.toIntExact(perSecond * time.toMillis() / 1000);
    CountDownLatch left = new CountDownLatch(total);
    for (int i = 0; i < total; i++) {
      long due = tally.beginNanos() + TimeUnit.SECONDS.toNanos(i) / perSecond;
      pace.awaitNanos(due);
      tally.attempt(due, left::countDown).start(operation);
    }
    var _ = left.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return tally.result(1);
  }
}
