package io.prism.queue.domain;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The consumer groups of the store, live or not. Never blocks the caller; results fail as those of
 * {@link Publisher} do.
 */
public interface Groups {

  /**
   * Moves a group that has no live member. False when it has one; then nothing is moved. The store
   * decides, so that nobody can join in between.
   */
  CompletableFuture<Boolean> moveIdle(
      GroupName group, TopicName topic, Map<Integer, Long> positions);

  /** Whether a group has members now. */
  CompletableFuture<Boolean> isLive(GroupName group);

  /** The committed positions of a group in a topic, by partition. */
  CompletableFuture<Map<Integer, Long>> committed(GroupName group, TopicName topic);
}
