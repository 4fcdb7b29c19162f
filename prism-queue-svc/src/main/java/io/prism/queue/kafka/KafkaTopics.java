package io.prism.queue.kafka;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.prism.queue.domain.PartitionRange;
import io.prism.queue.domain.TopicName;
import io.prism.queue.domain.TopicSettings;
import io.prism.queue.domain.Topics;
import io.prism.starter.backend.BackendGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Topics by Kafka's admin client. Remembers for a while how many partitions a topic has. */
public final class KafkaTopics implements Topics {

  private static final int MAX_REMEMBERED = 10_000;
  private static final Duration REMEMBERED_FOR = Duration.ofSeconds(60);

  private final Admin admin;
  private final BackendGuard guard;
  private final Duration timeLimit;
  private final short replicationFactor;
  private final int maxMessageBytes;
  private final Cache<TopicName, Integer> partitions =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REMEMBERED_FOR).build();
  private final ConcurrentMap<TopicName, CompletableFuture<Integer>> asking =
      new ConcurrentHashMap<>();

  /**
   * @param replicationFactor of new topics; -1 is the broker's default
   * @param maxMessageBytes what new topics take
   */
  public KafkaTopics(
      Admin admin,
      BackendGuard guard,
      Duration timeLimit,
      short replicationFactor,
      int maxMessageBytes) {
    this.admin = admin;
    this.guard = guard;
    this.timeLimit = timeLimit;
    this.replicationFactor = replicationFactor;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** How many partitions a topic has, when that is remembered. */
  @Nullable Integer remembered(TopicName topic) {
    return partitions.getIfPresent(topic);
  }

  void forget(TopicName topic) {
    partitions.invalidate(topic);
  }

  @Override
  public CompletableFuture<Integer> ensure(TopicName topic, TopicSettings settings) {
    Integer known = remembered(topic);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    CompletableFuture<Integer> mine = new CompletableFuture<>();
    CompletableFuture<Integer> running = asking.putIfAbsent(topic, mine);
    if (running != null) {
      return running;
    }
    var _ =
        guarded(
                topic,
                "create_topic",
                () -> describe(topic).thenCompose(found -> foundOrCreated(topic, found, settings)))
            .whenComplete(
                (count, failure) -> {
                  if (failure == null) {
                    partitions.put(topic, count);
                    asking.remove(topic, mine);
                    mine.complete(count);
                  } else {
                    asking.remove(topic, mine);
                    mine.completeExceptionally(failure);
                  }
                });
    return mine;
  }

  @Override
  public CompletableFuture<List<PartitionRange>> ranges(TopicName topic) {
    return guarded(
        topic,
        "describe_topic",
        () ->
            describe(topic)
                .thenCompose(
                    found ->
                        found
                            .map(count -> ranges(topic, count))
                            .orElseThrow(() -> KafkaFailures.notFound(topic))));
  }

  private CompletionStage<List<PartitionRange>> ranges(TopicName topic, int count) {
    return offsets(topic, count, OffsetSpec.earliest())
        .thenCombine(
            offsets(topic, count, OffsetSpec.latest()),
            (earliest, latest) ->
                IntStream.range(0, count)
                    .mapToObj(
                        p ->
                            new PartitionRange(
                                p, earliest.getOrDefault(p, 0L), latest.getOrDefault(p, 0L)))
                    .toList());
  }

  /** Offsets by partition number; -1 where a time has no message after it. */
  CompletionStage<Map<Integer, Long>> offsets(TopicName topic, int count, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> asked =
        IntStream.range(0, count)
            .mapToObj(p -> new TopicPartition(topic.stored(), p))
            .collect(Collectors.toMap(Function.identity(), p -> spec));
    return admin
        .listOffsets(asked)
        .all()
        .toCompletionStage()
        .thenApply(
            (Map<TopicPartition, ListOffsetsResultInfo> found) ->
                found.entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            entry -> entry.getKey().partition(),
                            entry -> entry.getValue().offset())));
  }

  private CompletionStage<Optional<Integer>> describe(TopicName topic) {
    return admin
        .describeTopics(List.of(topic.stored()))
        .allTopicNames()
        .toCompletionStage()
        .handle(
            (Map<String, TopicDescription> found, Throwable failure) -> {
              if (failure == null) {
                return found.values().stream().map(one -> one.partitions().size()).findFirst();
              }
              if (KafkaFailures.unwrapped(failure) instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
              }
              throw KafkaFailures.translated(failure, topic);
            });
  }

  private CompletionStage<Integer> foundOrCreated(
      TopicName topic, Optional<Integer> found, TopicSettings settings) {
    return found
        .<CompletionStage<Integer>>map(CompletableFuture::completedFuture)
        .orElseGet(() -> create(topic, settings));
  }

  private CompletionStage<Integer> create(TopicName topic, TopicSettings settings) {
    NewTopic wanted =
        new NewTopic(topic.stored(), settings.partitions(), replicationFactor)
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    Long.toString(settings.retention().toMillis()),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    Integer.toString(maxMessageBytes)));
    return admin
        .createTopics(List.of(wanted))
        .all()
        .toCompletionStage()
        .handle(
            (created, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(settings.partitions());
              }
              if (KafkaFailures.unwrapped(failure) instanceof TopicExistsException) {
                return describe(topic)
                    .thenApply(found -> found.orElseThrow(() -> KafkaFailures.notFound(topic)));
              }
              return CompletableFuture.<Integer>failedFuture(
                  KafkaFailures.translated(failure, topic));
            })
        .thenCompose(Function.identity());
  }

  private <T> CompletableFuture<T> guarded(
      TopicName topic, String operation, Supplier<? extends CompletionStage<T>> work) {
    return guard
        .callAsync(operation, timeLimit, work)
        .exceptionally(
            failure -> {
              throw KafkaFailures.translated(failure, topic);
            });
  }
}
