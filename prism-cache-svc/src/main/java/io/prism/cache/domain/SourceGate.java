package io.prism.cache.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Stands before the source, which blocks: work runs on virtual threads, so much at a time. A
 * bounded number waits, for a bounded time; the rest is refused with OVERLOADED. So the day on
 * which Redis is gone is not the day on which the source goes, too.
 */
public final class SourceGate implements AutoCloseable {

  private static final Duration RETRY_DELAY = Duration.ofMillis(200);

  private final Semaphore running;
  private final AtomicInteger admitted = new AtomicInteger();
  private final int maxAdmitted;
  private final Duration maxWait;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param maxRunning most work at a time
   * @param maxWaiting most work that waits
   * @param maxWait how long it waits
   */
  public SourceGate(int maxRunning, int maxWaiting, Duration maxWait) {
    this.running = new Semaphore(maxRunning, true);
    this.maxAdmitted = maxRunning + maxWaiting;
    this.maxWait = maxWait;
  }

  /** Runs work that blocks. Fails as the work does, or with OVERLOADED. */
  public <T> CompletableFuture<T> run(Supplier<T> work) {
    if (admitted.incrementAndGet() > maxAdmitted) {
      admitted.decrementAndGet();
      return CompletableFuture.failedFuture(overloaded());
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      threads.execute(() -> admitted(work, result));
    } catch (RuntimeException e) {
      admitted.decrementAndGet();
      result.completeExceptionally(e);
    }
    return result;
  }

  private <T> void admitted(Supplier<T> work, CompletableFuture<T> result) {
    T value;
    try {
      value = permitted(work);
    } catch (Throwable e) {
      admitted.decrementAndGet();
      result.completeExceptionally(e);
      return;
    }
    admitted.decrementAndGet();
    result.complete(value);
  }

  private <T> T permitted(Supplier<T> work) {
    try {
      if (!running.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw overloaded();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw PrismException.because(CallReason.DRAINING, "this instance stops")
          .retryAfter(RETRY_DELAY)
          .build();
    }
    try {
      return work.get();
    } finally {
      running.release();
    }
  }

  /** How much runs or waits now. */
  public int load() {
    return admitted.get();
  }

  private static PrismException overloaded() {
    return PrismException.because(
            CallReason.OVERLOADED, "too many calls wait for the source in this instance")
        .retryAfter(RETRY_DELAY)
        .build();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
