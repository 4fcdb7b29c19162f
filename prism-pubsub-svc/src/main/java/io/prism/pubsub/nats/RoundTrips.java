package io.prism.pubsub.nats;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Round trips to the broker, one at a time: whoever asks while one is under way shares the next, so
 * that a thousand subscriptions at once cost two. Thread-safe; never blocks the caller.
 */
final class RoundTrips {

  private final Callable<?> roundTrip;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable CompletableFuture<Void> running;
  private @Nullable CompletableFuture<Void> waiting;

  /**
   * @param roundTrip blocks until the broker has answered, for a bounded time
   */
  RoundTrips(Callable<?> roundTrip) {
    this.roundTrip = roundTrip;
  }

  /** Completes when the broker has dealt with all that was handed to it before this call. */
  CompletableFuture<Void> next() {
    lock.lock();
    try {
      if (running == null) {
        CompletableFuture<Void> first = new CompletableFuture<>();
        running = first;
        start(first);
        return first;
      }
      CompletableFuture<Void> later = waiting;
      if (later == null) {
        later = new CompletableFuture<>();
        waiting = later;
      }
      return later;
    } finally {
      lock.unlock();
    }
  }

  private void start(CompletableFuture<Void> trip) {
    Thread.ofVirtual().name("prism-nats-round-trip").start(() -> make(trip));
  }

  private void make(CompletableFuture<Void> trip) {
    Throwable failure = null;
    try {
      roundTrip.call();
    } catch (Throwable e) {
      failure = e;
    }
    startNext();
    if (failure == null) {
      trip.complete(null);
    } else {
      trip.completeExceptionally(failure);
    }
  }

  private void startNext() {
    lock.lock();
    try {
      CompletableFuture<Void> next = waiting;
      running = next;
      waiting = null;
      if (next != null) {
        start(next);
      }
    } finally {
      lock.unlock();
    }
  }
}
