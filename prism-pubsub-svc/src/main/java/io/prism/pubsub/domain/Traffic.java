package io.prism.pubsub.domain;

/** What happens to events at this instance, for whoever counts. Thread-safe; never blocks. */
public interface Traffic {

  /** An event was handed to the broker. */
  void published();

  /** An event went out on a stream. */
  void delivered();

  /** Events were dropped since a subscriber is too slow. */
  void dropped(SubscriptionRequest subscription, int events);
}
