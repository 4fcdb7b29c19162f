package io.prism.queue.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.queue.domain.MessageRules;
import io.prism.queue.domain.Origin;
import io.prism.queue.domain.OutgoingMessage;
import io.prism.queue.domain.PublishOutcome;
import io.prism.queue.domain.PublishOutcome.Failed;
import io.prism.queue.domain.PublishOutcome.Published;
import io.prism.queue.domain.Publisher;
import io.prism.queue.domain.QueueReason;
import io.prism.queue.domain.TopicName;
import io.prism.queue.domain.TopicSettings;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes through one idempotent producer.
 *
 * <p>The producer never blocks its caller ({@code max.block.ms} is 0). What it would wait for, the
 * topic and its partitions, is awaited before on a virtual thread, once per topic; after that a
 * message goes straight from the event loop into the producer's buffer. The producer answers for
 * each message within its {@code delivery.timeout.ms}, so nothing else bounds the time.
 */
public final class KafkaPublisher implements Publisher, AutoCloseable {

  static final String PRODUCER_ID = MessageRules.RESERVED_PREFIX + "producer-id";
  static final String SESSION = MessageRules.RESERVED_PREFIX + "session";

  private static final long FIRST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ReplaceableProducer producer;
  private final KafkaTopics topics;
  private final BackendGuard guard;
  private final Duration timeLimit;
  private final Counter published;
  private final Counter failed;
  private final ConcurrentMap<TopicName, CompletableFuture<Integer>> preparing =
      new ConcurrentHashMap<>();

  /** A publisher whose messages Kafka has to take within {@code timeLimit}. */
  public KafkaPublisher(
      KafkaClients clients,
      KafkaTopics topics,
      BackendGuard guard,
      Duration timeLimit,
      MeterRegistry meters) {
    this(clients::producer, topics, guard, timeLimit, meters);
  }

  KafkaPublisher(
      Supplier<Producer<byte[], byte[]>> producers,
      KafkaTopics topics,
      BackendGuard guard,
      Duration timeLimit,
      MeterRegistry meters) {
    this.producer = new ReplaceableProducer(producers, timeLimit);
    this.topics = topics;
    this.guard = guard;
    this.timeLimit = timeLimit;
    this.published = meters.counter("prism.queue.published", "outcome", "ok");
    this.failed = meters.counter("prism.queue.published", "outcome", "failed");
  }

  @Override
  public CompletableFuture<Published> publish(
      TopicName topic, TopicSettings settings, Origin origin, OutgoingMessage message) {
    Integer partitions = ready(topic);
    return partitions == null
        ? prepared(topic, settings)
            .thenCompose(count -> publish(topic, count, settings, origin, message))
        : publish(topic, partitions, settings, origin, message);
  }

  private CompletableFuture<Published> publish(
      TopicName topic,
      int partitions,
      TopicSettings settings,
      Origin origin,
      OutgoingMessage message) {
    Integer partition = message.partition();
    if (partition != null && partition >= partitions) {
      return checkedAnew(topic, settings, partition)
          .thenCompose(count -> guardedSend(topic, origin, message));
    }
    return guardedSend(topic, origin, message);
  }

  /** Puts a record that is ready as it is into a topic, which is created if need be. */
  CompletableFuture<Published> forward(
      TopicName topic, TopicSettings settings, ProducerRecord<byte[], byte[]> record) {
    return prepared(topic, settings).thenCompose(count -> send(topic, record));
  }

  private CompletableFuture<Published> guardedSend(
      TopicName topic, Origin origin, OutgoingMessage message) {
    return guard
        .callAsync("publish", () -> send(topic, record(topic, origin, message)))
        .exceptionally(
            failure -> {
              throw KafkaFailures.translated(failure, topic);
            });
  }

  @Override
  public CompletableFuture<List<PublishOutcome>> publishAll(
      TopicName topic, TopicSettings settings, Origin origin, List<OutgoingMessage> messages) {
    Integer partitions = ready(topic);
    return partitions == null
        ? prepared(topic, settings).thenCompose(count -> sendAll(topic, count, origin, messages))
        : sendAll(topic, partitions, origin, messages);
  }

  private CompletableFuture<List<PublishOutcome>> sendAll(
      TopicName topic, int partitions, Origin origin, List<OutgoingMessage> messages) {
    return guard.callAsync(
        "publish_batch",
        () -> {
          BatchOutcome outcome = new BatchOutcome(messages.size());
          for (int i = 0; i < messages.size(); i++) {
            int index = i;
            OutgoingMessage message = messages.get(i);
            Integer partition = message.partition();
            if (partition != null && partition >= partitions) {
              topics.forget(topic);
              outcome.set(index, new Failed(noPartition(topic, partition, partitions)));
            } else {
              var _ =
                  send(topic, record(topic, origin, message))
                      .whenComplete(
                          (done, failure) ->
                              outcome.set(
                                  index, failure == null ? done : new Failed(why(failure, topic))));
            }
          }
          return outcome.result();
        });
  }

  private static PrismException why(Throwable failure, TopicName topic) {
    Throwable cause = KafkaFailures.unwrapped(failure);
    if (KafkaFailures.isOutage(cause)) {
      return KafkaFailures.unavailable(cause);
    }
    RuntimeException translated = KafkaFailures.translated(cause, topic);
    return translated instanceof PrismException known ? known : KafkaFailures.unavailable(cause);
  }

  private CompletableFuture<Published> send(
      TopicName topic, ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<Published> result = new CompletableFuture<>();
    Producer<byte[], byte[]> used = producer.current();
    try {
      var _ =
          used.send(
              record,
              (metadata, failure) -> {
                if (failure == null) {
                  published.increment();
                  result.complete(
                      new Published(metadata.partition(), metadata.offset(), metadata.timestamp()));
                } else {
                  failed(topic, used, failure, result);
                }
              });
    } catch (RuntimeException e) {
      failed(topic, used, e, result);
    }
    return result;
  }

  private void failed(
      TopicName topic,
      Producer<byte[], byte[]> used,
      Exception failure,
      CompletableFuture<Published> result) {
    failed.increment();
    topics.forget(topic);
    if (KafkaFailures.isFatal(failure)) {
      producer.replace(used, failure);
    }
    result.completeExceptionally(failure);
  }

  private static ProducerRecord<byte[], byte[]> record(
      TopicName topic, Origin origin, OutgoingMessage message) {
    String key = message.key();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic.stored(),
            message.partition(),
            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
            message.payload());
    message
        .headers()
        .forEach(
            (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    record.headers().add(PRODUCER_ID, origin.clientId().getBytes(StandardCharsets.UTF_8));
    record.headers().add(SESSION, origin.sessionId().getBytes(StandardCharsets.UTF_8));
    return record;
  }

  /** The partitions of a topic when the producer can take messages for it without waiting. */
  private @Nullable Integer ready(TopicName topic) {
    Integer partitions = topics.remembered(topic);
    return partitions != null && producerKnows(topic) ? partitions : null;
  }

  private boolean producerKnows(TopicName topic) {
    Producer<byte[], byte[]> used = producer.current();
    try {
      used.partitionsFor(topic.stored());
      return true;
    } catch (TimeoutException e) {
      // The question itself made the producer ask the brokers in the background.
      return false;
    } catch (IllegalStateException e) {
      producer.replace(used, e);
      return false;
    }
  }

  private CompletableFuture<Integer> prepared(TopicName topic, TopicSettings settings) {
    CompletableFuture<Integer> mine = new CompletableFuture<>();
    CompletableFuture<Integer> running = preparing.putIfAbsent(topic, mine);
    if (running != null) {
      return running;
    }
    Thread.startVirtualThread(() -> prepare(topic, settings, mine));
    return mine;
  }

  private void prepare(TopicName topic, TopicSettings settings, CompletableFuture<Integer> result) {
    long end = System.nanoTime() + timeLimit.toNanos();
    try {
      int partitions = topics.ensure(topic, settings).join();
      for (long wait = FIRST_WAIT_NANOS; !producerKnows(topic); wait = longer(wait)) {
        if (System.nanoTime() > end) {
          throw KafkaFailures.unavailable(
              new TimeoutException("the producer does not see topic " + topic.stored()));
        }
        LockSupport.parkNanos(wait);
      }
      preparing.remove(topic, result);
      result.complete(partitions);
    } catch (RuntimeException e) {
      preparing.remove(topic, result);
      result.completeExceptionally(KafkaFailures.translated(e, topic));
    }
  }

  private static long longer(long wait) {
    return Math.min(wait * 2, LONGEST_WAIT_NANOS);
  }

  /** Partitions may have been added since the topic was last looked at. */
  private CompletableFuture<Integer> checkedAnew(
      TopicName topic, TopicSettings settings, int partition) {
    topics.forget(topic);
    return prepared(topic, settings)
        .thenApply(
            count -> {
              if (partition >= count) {
                throw noPartition(topic, partition, count);
              }
              return count;
            });
  }

  private static PrismException noPartition(TopicName topic, int partition, int count) {
    return PrismException.because(
            QueueReason.PARTITION_OUT_OF_RANGE,
            "partition: " + partition + " (expected: less than " + count + ")")
        .with("topic", topic.name())
        .with("partition_count", Integer.toString(count))
        .build();
  }

  @Override
  public void close() {
    producer.close();
  }
}
