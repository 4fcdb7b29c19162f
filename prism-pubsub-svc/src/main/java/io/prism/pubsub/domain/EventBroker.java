package io.prism.pubsub.domain;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Carries events from publishers to subscribers, over all instances of the service. Thread-safe;
 * never blocks.
 *
 * <p>Delivery is at most once: an event reaches the subscriptions that are live when it is
 * published, each at most once, and nobody else ever. Events of one publisher that calls {@link
 * #publish} one after the other reach a subscription in that order. Of a group, over all instances
 * and whatever the patterns of its members, exactly one member gets an event. A group or a pattern
 * of one namespace never sees events of another.
 */
public interface EventBroker {

  /**
   * Hands an event over to the broker. Whether it arrives anywhere is not waited for, and nothing
   * is kept for later: while the broker is out of reach this fails.
   *
   * @return how many subscribers the event has: matching subscriptions outside groups and matching
   *     groups, over all instances
   * @throws io.prism.starter.error.PrismException BACKEND_UNAVAILABLE when the broker is out of
   *     reach; OVERLOADED when too much waits for it here; LIMIT_EXCEEDED when it does not take an
   *     event of this size
   */
  int publish(Topic topic, Event event);

  /**
   * Begins to receive.
   *
   * @param receiver is told of each event, possibly by several threads at a time and before the
   *     feed is live; must not block
   */
  Feed subscribe(Interest interest, Consumer<Event> receiver);

  /** What a subscription receives. Outlasts outages of the broker, and misses what happens then. */
  interface Feed {

    /**
     * Completes when every event that is published from then on, through whichever instance, is
     * received. Fails with BACKEND_UNAVAILABLE when the broker is out of reach; whoever subscribed
     * closes the feed then.
     */
    CompletableFuture<Void> live();

    /** Ends it; the receiver may still be told of what was under way. May be called again. */
    void close();
  }
}
