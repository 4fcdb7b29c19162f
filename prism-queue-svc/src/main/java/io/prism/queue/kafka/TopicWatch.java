package io.prism.queue.kafka;

import io.prism.queue.domain.TopicName;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a topic under a reader: Kafka's consumer says nothing of a topic that is deleted,
 * and a reader without a group has to look for new partitions itself. Not thread-safe; never waits.
 */
final class TopicWatch {

  private static final Duration INTERVAL = KafkaTopics.LOOK_INTERVAL;

  /** Once may be a broker that has just started and does not know of its topics yet. */
  private static final int TIMES_MISSED = 2;

  private final KafkaTopics topics;
  private final TopicName topic;
  private @Nullable CompletableFuture<Optional<Integer>> asked;
  private long nextNanos = System.nanoTime() + INTERVAL.toNanos();
  private int missed;

  TopicWatch(KafkaTopics topics, TopicName topic) {
    this.topics = topics;
    this.topic = topic;
  }

  /**
   * How many partitions the topic has, when that was just learnt.
   *
   * @throws io.prism.starter.error.PrismException TOPIC_NOT_FOUND when it is gone
   */
  OptionalInt look() {
    CompletableFuture<Optional<Integer>> answer = asked;
    if (answer == null) {
      if (System.nanoTime() >= nextNanos) {
        asked = topics.look(topic);
      }
      return OptionalInt.empty();
    }
    if (!answer.isDone()) {
      return OptionalInt.empty();
    }
    asked = null;
    nextNanos = System.nanoTime() + INTERVAL.toNanos();
    if (answer.isCompletedExceptionally()) {
      return OptionalInt.empty();
    }
    Optional<Integer> partitions = answer.join();
    missed = partitions.isPresent() ? 0 : missed + 1;
    if (missed >= TIMES_MISSED) {
      topics.forget(topic);
      throw KafkaFailures.notFound(topic);
    }
    return partitions.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }
}
