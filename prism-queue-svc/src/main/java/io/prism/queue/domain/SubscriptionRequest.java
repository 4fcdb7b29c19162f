package io.prism.queue.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a stream asks for.
 *
 * @param sessionId who may acknowledge
 * @param group null for a reader of its own, which gets all partitions and commits nothing
 * @param window most delivered and unacknowledged messages
 * @param windowed whether the window holds up delivery; else the oldest delivery beyond it counts
 *     as acknowledged
 * @param redelivery what happens to messages that are not acknowledged
 */
public record SubscriptionRequest(
    String sessionId,
    TopicName topic,
    TopicSettings topicSettings,
    @Nullable GroupName group,
    StartPosition start,
    int window,
    boolean windowed,
    Redelivery redelivery) {

  /**
   * What happens to messages that are not acknowledged.
   *
   * @param ackTimeout after which a message is delivered again; null: never by itself
   * @param maxAttempts deliveries after which it is dead-lettered
   * @param deadLetterTopic where it goes then
   */
  public record Redelivery(
      @Nullable Duration ackTimeout, int maxAttempts, TopicName deadLetterTopic) {}
}
