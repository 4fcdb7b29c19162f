package io.prism.pubsub.domain;

/** Where the events of a subscription go. Thread-safe; never blocks. */
public interface Sink {

  /** The subscription is live: whatever is published from now on will be received. */
  void open(String subscriptionId);

  /** Whether an event would go out without being buffered beyond the transport's window. */
  boolean isReady();

  void send(String subscriptionId, Event event);

  /** Ends the stream with OK. */
  void complete();

  /** Ends the stream with a failure. */
  void fail(Throwable failure);
}
