package io.prism.queue.kafka;

import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.Groups;
import io.prism.queue.domain.TopicName;
import io.prism.starter.backend.BackendGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;

/** Consumer groups by Kafka's admin client. */
public final class KafkaGroups implements Groups {

  private final Admin admin;
  private final BackendGuard guard;
  private final Duration timeLimit;

  public KafkaGroups(Admin admin, BackendGuard guard, Duration timeLimit) {
    this.admin = admin;
    this.guard = guard;
    this.timeLimit = timeLimit;
  }

  @Override
  public CompletableFuture<Boolean> moveIdle(
      GroupName group, TopicName topic, Map<Integer, Long> positions) {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        positions.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> new TopicPartition(topic.stored(), entry.getKey()),
                    entry -> new OffsetAndMetadata(entry.getValue())));
    return guard.callAsync(
        "move_group",
        timeLimit,
        () ->
            admin
                .alterConsumerGroupOffsets(group.stored(), offsets)
                .all()
                .toCompletionStage()
                .handle((done, failure) -> isMoved(failure)));
  }

  private static boolean isMoved(@Nullable Throwable failure) {
    if (failure == null) {
      return true;
    }
    return switch (KafkaFailures.unwrapped(failure)) {
      case UnknownMemberIdException _, GroupNotEmptyException _ -> false;
      case RebalanceInProgressException _ -> false;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new CompletionException(e);
    };
  }

  @Override
  public CompletableFuture<Boolean> isLive(GroupName group) {
    return guard.callAsync(
        "describe_group",
        timeLimit,
        () ->
            admin
                .describeConsumerGroups(List.of(group.stored()))
                .all()
                .toCompletionStage()
                .handle(
                    (found, failure) -> {
                      if (failure == null) {
                        return found.values().stream().anyMatch(one -> !one.members().isEmpty());
                      }
                      return switch (KafkaFailures.unwrapped(failure)) {
                        case GroupIdNotFoundException _ -> false;
                        case RuntimeException e -> throw e;
                        case Throwable e -> throw new CompletionException(e);
                      };
                    }));
  }

  @Override
  public CompletableFuture<Map<Integer, Long>> committed(GroupName group, TopicName topic) {
    return guard.callAsync(
        "list_offsets",
        timeLimit,
        () ->
            admin
                .listConsumerGroupOffsets(group.stored())
                .partitionsToOffsetAndMetadata()
                .toCompletionStage()
                .thenApply(found -> of(topic, found)));
  }

  private static Map<Integer, Long> of(
      TopicName topic, Map<TopicPartition, OffsetAndMetadata> found) {
    return found.entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic.stored()))
        .filter(entry -> entry.getValue() != null)
        .collect(
            Collectors.toMap(
                entry -> entry.getKey().partition(), entry -> entry.getValue().offset()));
  }
}
