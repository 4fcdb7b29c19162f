package io.prism.pubsub.nats;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Bounds what was handed over and is not known to have reached the broker. The client library takes
 * whatever it is given and lets callers wait when it has too much, which event loops must not.
 * Thread-safe; never blocks.
 */
final class PublishWindow {

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  private final long maxEvents;
  private final long maxBytes;
  private final Supplier<CompletableFuture<Void>> roundTrip;
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean confirming = new AtomicBoolean();

  /**
   * @param roundTrip completes when what was handed over before has reached the broker
   */
  PublishWindow(long maxEvents, long maxBytes, Supplier<CompletableFuture<Void>> roundTrip) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.roundTrip = roundTrip;
  }

  /**
   * Makes sure that there is room for another event.
   *
   * @throws PrismException OVERLOADED
   */
  void check() {
    if (events.get() >= maxEvents || bytes.get() >= maxBytes) {
      throw PrismException.because(
              CallReason.OVERLOADED, "too many events wait for the broker in this instance")
          .retryAfter(RETRY_DELAY)
          .build();
    }
  }

  /** An event was handed over. */
  void handedOver(long size) {
    long waitingEvents = events.incrementAndGet();
    long waitingBytes = bytes.addAndGet(size);
    if (waitingEvents >= maxEvents / 8 || waitingBytes >= maxBytes / 8) {
      confirm();
    }
  }

  private void confirm() {
    if (!confirming.compareAndSet(false, true)) {
      return;
    }
    long confirmedEvents = events.get();
    long confirmedBytes = bytes.get();
    var _ =
        roundTrip
            .get()
            .whenComplete(
                (done, failure) -> {
                  // After a failure they are lost, which at most once permits.
                  events.addAndGet(-confirmedEvents);
                  bytes.addAndGet(-confirmedBytes);
                  confirming.set(false);
                });
  }
}
