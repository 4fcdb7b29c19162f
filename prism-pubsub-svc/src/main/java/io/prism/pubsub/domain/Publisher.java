package io.prism.pubsub.domain;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Publishes events. Thread-safe; never blocks. */
public final class Publisher {

  private final EventBroker broker;
  private final EventRules rules;
  private final Traffic traffic;
  private final Clock clock;
  private final EventIds ids = new EventIds();

  public Publisher(EventBroker broker, EventRules rules, Traffic traffic, Clock clock) {
    this.broker = broker;
    this.rules = rules;
    this.traffic = traffic;
    this.clock = clock;
  }

  /**
   * Publishes an event to the subscribers of the moment.
   *
   * @param replyTo a topic of the same namespace
   * @throws io.prism.starter.error.PrismException INVALID_ARGUMENT, or as {@link
   *     EventBroker#publish} does
   */
  public Published publish(
      Topic topic,
      byte[] payload,
      Map<String, String> metadata,
      @Nullable String correlationId,
      @Nullable Topic replyTo) {
    rules.check(payload, metadata, correlationId);
    Event event =
        new Event(
            ids.next(),
            topic.name(),
            payload,
            metadata,
            clock.instant(),
            correlationId,
            replyTo == null ? null : replyTo.name());
    int subscribers = broker.publish(topic, event);
    traffic.published();
    return new Published(event.id(), event.timestamp(), subscribers);
  }

  /**
   * An event is with the broker.
   *
   * @param subscribers how many the event has
   */
  public record Published(String eventId, Instant at, int subscribers) {}
}
