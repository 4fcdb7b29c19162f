package io.prism.queue.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.queue.domain.Subscription;
import io.prism.queue.domain.SubscriptionEvents;
import io.prism.queue.domain.Subscriptions;

/** Metrics of the subscriptions of this instance, together: no tag grows with clients or topics. */
public final class SubscriptionMeters implements SubscriptionEvents {

  private final Counter delivered;
  private final Counter redelivered;
  private final Counter acknowledged;
  private final Counter deadLettered;

  public SubscriptionMeters(MeterRegistry meters, Subscriptions subscriptions) {
    delivered = meters.counter("prism.queue.delivered");
    redelivered = meters.counter("prism.queue.redelivered");
    acknowledged = meters.counter("prism.queue.acknowledged");
    deadLettered = meters.counter("prism.queue.dead.lettered");
    Gauge.builder("prism.queue.subscriptions", subscriptions, s -> s.all().size())
        .description("live subscriptions")
        .register(meters);
    Gauge.builder(
            "prism.queue.unacknowledged",
            subscriptions,
            s -> s.all().stream().mapToInt(Subscription::outstanding).sum())
        .description("messages delivered and not acknowledged")
        .register(meters);
    Gauge.builder(
            "prism.queue.unacknowledged.span",
            subscriptions,
            s -> s.all().stream().mapToInt(Subscription::largestSpan).max().orElse(0))
        .description("deliveries since the oldest unacknowledged message, in the worst partition")
        .register(meters);
  }

  @Override
  public void delivered(int messages) {
    delivered.increment(messages);
  }

  @Override
  public void redelivered(int messages) {
    redelivered.increment(messages);
  }

  @Override
  public void acknowledged(int messages) {
    acknowledged.increment(messages);
  }

  @Override
  public void deadLettered(int messages) {
    deadLettered.increment(messages);
  }
}
