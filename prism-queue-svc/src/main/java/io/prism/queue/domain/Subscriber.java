package io.prism.queue.domain;

/** Starts subscriptions. Never blocks the caller. */
public interface Subscriber {

  /**
   * Starts a subscription that delivers to a sink until {@link Subscription#end} is called. What
   * goes wrong, now or later, is told to the sink.
   *
   * @throws io.prism.starter.error.PrismException OVERLOADED when this instance has too many
   */
  Subscription subscribe(SubscriptionRequest request, Sink sink);
}
