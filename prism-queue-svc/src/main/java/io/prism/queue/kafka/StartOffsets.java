package io.prism.queue.kafka;

import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.Groups;
import io.prism.queue.domain.PartitionRange;
import io.prism.queue.domain.StartPosition;
import io.prism.queue.domain.SubscriptionRequest;
import io.prism.queue.domain.TopicName;
import io.prism.starter.error.PrismException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription begins, as offsets, fixed before it counts as live.
 *
 * <p>For a group the offsets are committed on its behalf before the stream joins. The broker takes
 * that only while the group has no live member, which is just when a start position applies.
 */
final class StartOffsets {

  private final KafkaTopics topics;
  private final Groups groups;

  StartOffsets(KafkaTopics topics, Groups groups) {
    this.topics = topics;
    this.groups = groups;
  }

  /** Sets the group's positions where the start position applies. */
  CompletableFuture<Void> applyToGroup(SubscriptionRequest request, GroupName group) {
    StartPosition start = request.start();
    if (start instanceof StartPosition.Committed) {
      return CompletableFuture.completedFuture(null);
    }
    return topics
        .ranges(request.topic())
        .thenCompose(ranges -> offsets(request.topic(), ranges, start, group))
        .thenCompose(
            offsets ->
                offsets.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : groups
                        .moveIdle(group, request.topic(), offsets.get())
                        .thenApply(moved -> null));
  }

  /** The offsets at which a reader without a group begins. */
  CompletableFuture<Map<Integer, Long>> ofReader(SubscriptionRequest request) {
    return topics
        .ranges(request.topic())
        .thenCompose(ranges -> offsets(request.topic(), ranges, request.start(), null))
        .thenApply(Optional::orElseThrow);
  }

  /** Empty when an offset is out of range that would not be used anyway. */
  private CompletableFuture<Optional<Map<Integer, Long>>> offsets(
      TopicName topic,
      List<PartitionRange> ranges,
      StartPosition start,
      @Nullable GroupName group) {
    return switch (start) {
      case StartPosition.Committed _, StartPosition.Earliest _ ->
          CompletableFuture.completedFuture(
              Optional.of(byPartition(ranges, PartitionRange::earliest)));
      case StartPosition.Latest _ ->
          CompletableFuture.completedFuture(
              Optional.of(byPartition(ranges, PartitionRange::latest)));
      case StartPosition.AtTime(long millis) ->
          topics
              .offsets(topic, ranges.size(), OffsetSpec.forTimestamp(millis))
              .thenApply(
                  found ->
                      Optional.of(
                          byPartition(
                              ranges,
                              range -> {
                                long offset = found.getOrDefault(range.partition(), -1L);
                                return offset < 0 ? range.latest() : offset;
                              })))
              .toCompletableFuture();
      case StartPosition.AtOffset(long offset) -> atOffset(ranges, offset, group);
    };
  }

  private CompletableFuture<Optional<Map<Integer, Long>>> atOffset(
      List<PartitionRange> ranges, long offset, @Nullable GroupName group) {
    Optional<PartitionRange> without =
        ranges.stream().filter(range -> !range.contains(offset)).findFirst();
    if (without.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.of(byPartition(ranges, range -> offset)));
    }
    PrismException failure = without.get().without(offset);
    if (group == null) {
      return CompletableFuture.failedFuture(failure);
    }
    return groups
        .isLive(group)
        .thenApply(
            live -> {
              if (live) {
                return Optional.empty();
              }
              throw failure;
            });
  }

  private static Map<Integer, Long> byPartition(
      List<PartitionRange> ranges, ToLongFunction<PartitionRange> offset) {
    Map<Integer, Long> offsets = new HashMap<>();
    for (PartitionRange range : ranges) {
      offsets.put(range.partition(), offset.applyAsLong(range));
    }
    return offsets;
  }
}
