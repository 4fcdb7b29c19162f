package io.prism.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for Redis. Those that wait too long fail. Since Redis answers in order, it is
 * enough to look at the oldest ones now and then: a timer for each would be a good part of the
 * price of a call.
 */
final class Outstanding implements AutoCloseable {

  private static final int LOOKS = 20;

  private final Duration limit;
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final Thread watch;

  /**
   * @param limit within which a call is over in any case
   */
  Outstanding(Duration limit) {
    this.limit = limit;
    this.watch =
        Thread.ofPlatform().daemon().name("prism-redis-watch").start(this::watchUntilInterrupted);
  }

  /** A call and when it began; it lets go of its result as soon as that is there. */
  private static final class Waiting {
    private final long began = System.nanoTime();
    private volatile @Nullable CompletableFuture<?> call;

    Waiting(CompletableFuture<?> call) {
      this.call = call;
    }
  }

  /** Takes care that a call ends in time. */
  <T> CompletableFuture<T> add(CompletableFuture<T> call) {
    if (!call.isDone()) {
      Waiting waiting = new Waiting(call);
      queue.add(waiting);
      var _ = call.whenComplete((value, failure) -> waiting.call = null);
    }
    return call;
  }

  private void watchUntilInterrupted() {
    long pause = limit.toNanos() / LOOKS;
    // Early by one look, since the next one may be too late.
    long patience = limit.toNanos() - pause;
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(pause);
        failOlderThan(System.nanoTime() - patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void failOlderThan(long time) {
    for (Waiting oldest = queue.peek(); oldest != null; oldest = queue.peek()) {
      CompletableFuture<?> call = oldest.call;
      if (call != null) {
        if (oldest.began - time > 0) {
          return;
        }
        call.completeExceptionally(
            new RedisCommandTimeoutException("no answer within " + limit.toMillis() + " ms"));
      }
      queue.remove();
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
