package io.prism.queue.domain;

/** Counts what happens to the messages of subscriptions. Thread-safe. */
public interface SubscriptionEvents {

  void delivered(int messages);

  void redelivered(int messages);

  void acknowledged(int messages);

  /** Messages that could not be processed and went to the dead-letter topic. */
  void deadLettered(int messages);
}
