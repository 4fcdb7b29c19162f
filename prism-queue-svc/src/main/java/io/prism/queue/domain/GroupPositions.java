package io.prism.queue.domain;

import io.prism.queue.domain.PositionChange.Kind;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Commit and Seek: changes the positions of a group, live or not. Thread-safe; never blocks.
 *
 * <p>A partition that a stream of this instance has is moved by that stream. The others are moved
 * in the store, which takes that only while the group has no member; so while members just come or
 * go it is tried again.
 */
public final class GroupPositions {

  private static final long RETRY_MILLIS = 100;
  private static final Duration CLIENT_RETRY = Duration.ofSeconds(1);
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run);

  private final Topics topics;
  private final Groups groups;
  private final Subscriptions subscriptions;
  private final Duration timeLimit;

  public GroupPositions(
      Topics topics, Groups groups, Subscriptions subscriptions, Duration timeLimit) {
    this.topics = topics;
    this.groups = groups;
    this.subscriptions = subscriptions;
    this.timeLimit = timeLimit;
  }

  /**
   * Changes positions, and answers them as they are then. Fails with TOPIC_NOT_FOUND,
   * PARTITION_OUT_OF_RANGE, OFFSET_OUT_OF_RANGE, or GROUP_REBALANCING when members elsewhere hold
   * the partitions for longer than the time limit.
   */
  public CompletableFuture<Map<Integer, Long>> change(
      Kind kind, TopicName topic, GroupName group, Map<Integer, Long> positions) {
    long end = System.nanoTime() + timeLimit.toNanos();
    return topics
        .ranges(topic)
        .thenCompose(
            ranges -> {
              positions.forEach((partition, offset) -> check(ranges, partition, offset));
              return new Attempt(kind, topic, group, positions, end).run();
            });
  }

  private static void check(List<PartitionRange> ranges, int partition, long offset) {
    if (partition < 0 || partition >= ranges.size()) {
      throw PrismException.because(
              QueueReason.PARTITION_OUT_OF_RANGE,
              "partition: " + partition + " (expected: 0 to " + (ranges.size() - 1) + ")")
          .with("partition_count", Integer.toString(ranges.size()))
          .build();
    }
    PartitionRange range = ranges.get(partition);
    if (!range.contains(offset)) {
      throw range.without(offset);
    }
  }

  private final class Attempt {

    private final Kind kind;
    private final TopicName topic;
    private final GroupName group;
    private final Map<Integer, Long> positions;
    private final long endNanos;

    Attempt(
        Kind kind, TopicName topic, GroupName group, Map<Integer, Long> positions, long endNanos) {
      this.kind = kind;
      this.topic = topic;
      this.group = group;
      this.positions = positions;
      this.endNanos = endNanos;
    }

    CompletableFuture<Map<Integer, Long>> run() {
      Map<Subscription, Map<Integer, Long>> owned = new HashMap<>();
      Map<Integer, Long> idle = new HashMap<>();
      positions.forEach(
          (partition, offset) ->
              subscriptions
                  .owner(group, topic, partition)
                  .map(owner -> owned.computeIfAbsent(owner, o -> new HashMap<>()))
                  .orElse(idle)
                  .put(partition, offset));
      List<CompletableFuture<Map<Integer, Long>>> parts = new ArrayList<>();
      owned.forEach((owner, part) -> parts.add(owner.change(PositionChange.of(kind, part))));
      if (!idle.isEmpty()) {
        parts.add(kind == Kind.SEEK ? seekIdle(idle) : commitIdle(idle));
      }
      return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
          .thenCompose(done -> settled(parts));
    }

    private CompletableFuture<Map<Integer, Long>> seekIdle(Map<Integer, Long> idle) {
      return groups
          .moveIdle(group, topic, idle)
          .thenApply(moved -> moved ? idle : Map.<Integer, Long>of());
    }

    private CompletableFuture<Map<Integer, Long>> commitIdle(Map<Integer, Long> idle) {
      return groups
          .committed(group, topic)
          .thenCompose(
              committed -> {
                Map<Integer, Long> ahead = new HashMap<>(idle);
                ahead.replaceAll(
                    (partition, offset) ->
                        Math.max(offset, committed.getOrDefault(partition, offset)));
                return seekIdle(ahead);
              });
    }

    private CompletableFuture<Map<Integer, Long>> settled(
        List<CompletableFuture<Map<Integer, Long>>> parts) {
      Map<Integer, Long> result = new HashMap<>();
      parts.forEach(part -> result.putAll(part.join()));
      if (result.size() == positions.size()) {
        return CompletableFuture.completedFuture(result);
      }
      if (System.nanoTime() > endNanos) {
        throw PrismException.because(
                QueueReason.GROUP_REBALANCING,
                "the members of group " + group.name() + " are elsewhere or just change")
            .retryAfter(CLIENT_RETRY)
            .build();
      }
      return CompletableFuture.runAsync(() -> {}, LATER).thenCompose(later -> run());
    }
  }
}
