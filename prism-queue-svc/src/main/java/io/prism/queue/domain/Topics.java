package io.prism.queue.domain;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The topics of the store. Never blocks the caller; results fail as those of {@link Publisher} do.
 */
public interface Topics {

  /** Counts the partitions of a topic, which is created if need be. */
  CompletableFuture<Integer> ensure(TopicName topic, TopicSettings settings);

  /** The partitions of a topic by number, as they are now; fails with TOPIC_NOT_FOUND. */
  CompletableFuture<List<PartitionRange>> ranges(TopicName topic);
}
