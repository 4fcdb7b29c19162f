package io.prism.queue.domain;

/** Where the messages of a subscription go. Thread-safe; never blocks. */
public interface Sink {

  /** The subscription is live: whatever is published from now on will be delivered. */
  void open();

  /** Whether a message would go out without being buffered beyond the transport's window. */
  boolean isReady();

  void send(ReceivedMessage message);

  /** Ends the stream with a failure. */
  void fail(Throwable failure);
}
