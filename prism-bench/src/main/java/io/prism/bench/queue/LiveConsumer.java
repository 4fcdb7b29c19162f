package io.prism.bench.queue;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.prism.bench.client.Deliveries;
import io.prism.bench.load.WorkNotDone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;

/** Kafka's consumer in a thread of its own, from the end of a topic on. */
final class LiveConsumer implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final long LIMIT_SECONDS = 30;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final BenchTopic topic;
  private final Deliveries deliveries;
  private final CompletableFuture<Void> live = new CompletableFuture<>();
  private final Thread thread = Thread.ofPlatform().name("consumer").daemon().unstarted(this::run);
  private volatile boolean closed;

  private LiveConsumer(String kafka, BenchTopic topic, Deliveries deliveries) {
    this.consumer = KafkaSettings.consumer(kafka);
    this.topic = topic;
    this.deliveries = deliveries;
  }

  /** Returns when whatever is sent from now on arrives. */
  static LiveConsumer open(String kafka, BenchTopic topic, Deliveries deliveries)
      throws InterruptedException {
    LiveConsumer opened = new LiveConsumer(kafka, topic, deliveries);
    opened.thread.start();
    try {
      opened.live.get(LIMIT_SECONDS, SECONDS);
      return opened;
    } catch (ExecutionException | TimeoutException e) {
      opened.close();
      throw new WorkNotDone("a consumer did not become live", e);
    }
  }

  private void run() {
    try (consumer) {
      consumer.assign(topic.partitions());
      consumer.seekToEnd(topic.partitions());
      topic.partitions().forEach(consumer::position);
      live.complete(null);
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          deliveries.received(ByteBuffer.wrap(record.value()));
        }
      }
    } catch (WakeupException e) {
      deliveries.failed(e);
    } catch (RuntimeException e) {
      live.completeExceptionally(e);
      deliveries.failed(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
  }
}
