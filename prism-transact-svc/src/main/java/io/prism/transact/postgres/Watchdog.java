package io.prism.transact.postgres;

import io.prism.transact.domain.TimeLimit;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends what takes too long. It looks at all that runs many times a second: a timer of its own for
 * each statement, which wakes a thread to be set, would be a good part of the price of a short one.
 */
public final class Watchdog {

  private static final Duration TICK = Duration.ofMillis(10);

  private final Set<Watched> running = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer;

  /** Something that runs; each is equal to itself only. */
  static final class Watched {

    private final TimeLimit limit;
    private final Runnable end;

    private Watched(TimeLimit limit, Runnable end) {
      this.limit = limit;
      this.end = end;
    }
  }

  /**
   * @param timer whose tasks are short
   */
  public Watchdog(ScheduledExecutorService timer) {
    this.timer = timer;
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(
            this::look, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void look() {
    for (Watched late : running.stream().filter(watched -> watched.limit.isOver()).toList()) {
      if (running.remove(late)) {
        late.end.run();
      }
    }
  }

  /** Runs {@code end} once the limit is over, unless it is forgotten before. */
  Watched watch(TimeLimit limit, Runnable end) {
    Watched watched = new Watched(limit, end);
    running.add(watched);
    return watched;
  }

  void forget(Watched watched) {
    running.remove(watched);
  }

  /** Runs something short after a while. */
  ScheduledFuture<?> after(Duration delay, Runnable task) {
    return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}
