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
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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

  /** How old an answer of {@link #look} may be. */
  static final Duration LOOK_INTERVAL = Duration.ofSeconds(3);

  private static final int MAX_REMEMBERED = 10_000;
  private static final Duration REMEMBERED_FOR = Duration.ofSeconds(60);

  /** A broker hears of a new topic within milliseconds. */
  private static final Executor SOON =
      CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS, Runnable::run);

  private final Admin admin;
  private final BackendGuard guard;
  private final Duration timeLimit;
  private final short replicationFactor;
  private final int maxMessageBytes;
  private final Cache<TopicName, Integer> partitions =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REMEMBERED_FOR).build();
  private final Cache<TopicName, CompletableFuture<Optional<Integer>>> looks =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(LOOK_INTERVAL).build();
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

  /** How many partitions a topic has by now, or empty when it is gone; cheap for many readers. */
  CompletableFuture<Optional<Integer>> look(TopicName topic) {
    return looks.get(topic, asked -> guarded(asked, "describe_topic", () -> describe(asked)));
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
                () ->
                    describe(topic)
                        .thenCompose(found -> foundOrCreated(topic, found, settings))
                        .thenCompose(exists -> led(topic, System.nanoTime() + timeLimit.toNanos())))
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

  /**
   * The partitions of a topic once the brokers know it and their leaders answer. Metadata names a
   * new partition before its leader has taken it up. That leader would refuse the first batch and
   * take a second one in flight; an idempotent producer then repeats the first in vain until its
   * time is up.
   */
  private CompletionStage<Integer> led(TopicName topic, long endNanos) {
    return describe(topic)
        .thenCompose(found -> found.isPresent() ? led(topic, found) : absent())
        .thenCompose(
            led -> {
              if (led.isPresent()) {
                return CompletableFuture.completedStage(led.get());
              }
              if (System.nanoTime() > endNanos) {
                throw KafkaFailures.notFound(topic);
              }
              return CompletableFuture.runAsync(() -> {}, SOON)
                  .thenCompose(waited -> led(topic, endNanos));
            });
  }

  private CompletionStage<Optional<Integer>> led(TopicName topic, Optional<Integer> partitions) {
    return offsets(topic, partitions.orElseThrow(), OffsetSpec.latest())
        .handle(
            (offsets, failure) -> {
              if (failure == null) {
                return partitions;
              }
              if (KafkaFailures.unwrapped(failure) instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
              }
              throw KafkaFailures.translated(failure, topic);
            });
  }

  private static CompletionStage<Optional<Integer>> absent() {
    return CompletableFuture.completedStage(Optional.empty());
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
