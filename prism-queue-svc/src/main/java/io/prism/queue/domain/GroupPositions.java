package io.prism.queue.domain;

import io.prism.queue.domain.PositionChange.Kind;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Commit and Seek: changes the positions of a group, live or not. Thread-safe; never blocks.
 *
 * <p>A partition that a stream has is moved by that stream, here or at another replica. The others
 * are moved in the store, which takes that only while the group has no member; so while members
 * just come or go it is tried again with what is left.
 */
public final class GroupPositions {

  private static final long RETRY_MILLIS = 100;
  private static final Duration CLIENT_RETRY = Duration.ofSeconds(1);
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run);

  private final Topics topics;
  private final Groups groups;
  private final Subscriptions subscriptions;
  private final Replicas replicas;
  private final Duration timeLimit;

  public GroupPositions(
      Topics topics,
      Groups groups,
      Subscriptions subscriptions,
      Replicas replicas,
      Duration timeLimit) {
    this.topics = topics;
    this.groups = groups;
    this.subscriptions = subscriptions;
    this.replicas = replicas;
    this.timeLimit = timeLimit;
  }

  /**
   * Changes positions, and answers them as they are then. Fails with TOPIC_NOT_FOUND,
   * PARTITION_OUT_OF_RANGE, OFFSET_OUT_OF_RANGE, or GROUP_REBALANCING when the group's members just
   * change, or are out of reach, for longer than the time limit.
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

  /**
   * Changes positions in those partitions that streams of this replica have. Answers the positions
   * as they are then, without the other partitions.
   */
  public CompletableFuture<Map<Integer, Long>> changeHere(
      Kind kind, TopicName topic, GroupName group, Map<Integer, Long> positions) {
    Map<Subscription, Map<Integer, Long>> owned = new HashMap<>();
    positions.forEach(
        (partition, offset) ->
            subscriptions
                .owner(group, topic, partition)
                .ifPresent(
                    owner ->
                        owned.computeIfAbsent(owner, o -> new HashMap<>()).put(partition, offset)));
    CompletableFuture<Map<Integer, Long>> changed =
        CompletableFuture.completedFuture(new HashMap<>());
    for (Map.Entry<Subscription, Map<Integer, Long>> part : owned.entrySet()) {
      changed =
          changed.thenCombine(
              part.getKey().change(PositionChange.of(kind, part.getValue())),
              (all, some) -> {
                all.putAll(some);
                return all;
              });
    }
    return changed;
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
    private final Map<Integer, Long> left;
    private final Map<Integer, Long> done = new HashMap<>();
    private final long endNanos;

    Attempt(
        Kind kind, TopicName topic, GroupName group, Map<Integer, Long> positions, long endNanos) {
      this.kind = kind;
      this.topic = topic;
      this.group = group;
      this.left = new HashMap<>(positions);
      this.endNanos = endNanos;
    }

    CompletableFuture<Map<Integer, Long>> run() {
      return changeHere(kind, topic, group, Map.copyOf(left))
          .thenCompose(here -> goOn(here, () -> replicas.change(kind, topic, group, left)))
          .thenCompose(
              there -> goOn(there, () -> kind == Kind.SEEK ? seekIdle(left) : commitIdle(left)))
          .thenCompose(moved -> goOn(moved, this::again));
    }

    /** Takes what is done, and goes on with what is left. */
    private CompletableFuture<Map<Integer, Long>> goOn(
        Map<Integer, Long> moved, Supplier<CompletableFuture<Map<Integer, Long>>> next) {
      done.putAll(moved);
      left.keySet().removeAll(moved.keySet());
      return left.isEmpty() ? CompletableFuture.completedFuture(done) : next.get();
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

    private CompletableFuture<Map<Integer, Long>> again() {
      if (System.nanoTime() > endNanos) {
        throw PrismException.because(
                QueueReason.GROUP_REBALANCING,
                "the members of group " + group.name() + " just change or are out of reach")
            .retryAfter(CLIENT_RETRY)
            .build();
      }
      return CompletableFuture.runAsync(() -> {}, LATER).thenCompose(later -> run());
    }
  }
}
