package io.prism.queue.domain;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Puts messages into topics. Never blocks the caller.
 *
 * <p>The results fail with a {@link io.prism.starter.error.PrismException}: BACKEND_UNAVAILABLE in
 * an outage or after the time limit, OVERLOADED when too much waits for the store; then it is not
 * known whether a message was published, and publishing it again is safe but may repeat it.
 */
public interface Publisher {

  /**
   * Publishes a message and creates its topic if need be. Completes when all in-sync replicas have
   * it; fails with PARTITION_OUT_OF_RANGE when it names a partition that does not exist.
   */
  CompletableFuture<PublishOutcome.Published> publish(
      TopicName topic, TopicSettings settings, Origin origin, OutgoingMessage message);

  /**
   * Publishes messages, those of one partition in their order. One outcome per message, in order;
   * the whole fails only when nothing was tried.
   */
  CompletableFuture<List<PublishOutcome>> publishAll(
      TopicName topic, TopicSettings settings, Origin origin, List<OutgoingMessage> messages);
}
