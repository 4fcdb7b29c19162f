package io.prism.pubsub;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.pubsub.domain.SubscriptionRequest;
import io.prism.pubsub.domain.Traffic;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts events, those of all subscriptions together: no tag grows with clients or topics. */
final class PubSubMeters implements Traffic {

  private static final Logger log = LoggerFactory.getLogger(PubSubMeters.class);
  private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

  private final Counter published;
  private final Counter delivered;
  private final Counter dropped;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

  PubSubMeters(MeterRegistry meters) {
    published = meters.counter("prism.pubsub.published");
    delivered = meters.counter("prism.pubsub.delivered");
    dropped = meters.counter("prism.pubsub.dropped");
  }

  @Override
  public void published() {
    published.increment();
  }

  @Override
  public void delivered() {
    delivered.increment();
  }

  @Override
  public void dropped(SubscriptionRequest subscription, int events) {
    dropped.increment(events);
    long now = System.nanoTime();
    long until = quietUntil.get();
    if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
      log.warn(
          "a subscription of session {} is too slow; {} events were dropped here so far",
          subscription.sessionId(),
          (long) dropped.count());
    }
  }
}
