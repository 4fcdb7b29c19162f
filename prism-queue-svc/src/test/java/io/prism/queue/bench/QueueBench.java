package io.prism.queue.bench;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.stub.StreamObserver;
import io.prism.queue.testing.BrokerProcess;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.v1.BatchMessage;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishBatchRequest;
import io.prism.queue.v1.PublishBatchResponse;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Prism beside Kafka's own client, on one broker, in alternating rounds, with 1 KB messages. The
 * broker has a process of its own; service and clients share this one.
 *
 * <p>Arguments: rounds (default 5), the share of the full load in percent (default 100), and a part
 * of the name of the scenarios to run (default all). The system property {@code bench.properties}
 * holds further properties of the service, {@code name=value}, with commas between.
 */
public final class QueueBench implements AutoCloseable {

  private static final int PARTITIONS = 6;
  private static final int BATCH = 500;
  private static final int IN_FLIGHT = 64;
  private static final int BATCHES_IN_FLIGHT = 4;

  private final BrokerProcess broker = new BrokerProcess();
  private final QueueFixture service =
      QueueFixture.on(
          broker.bootstrapServers(), System.getProperty("bench.properties", "").split(","));
  private final Client client = service.client(service.session("bench", PARTITIONS));
  private final byte[] payload = new byte[1024];
  private long[] lastPrismNanos = {};
  private long[] lastKafkaNanos = {};
  private final int unaryMessages;
  private final int bulkMessages;

  private QueueBench(int percent) {
    unaryMessages = 200 * percent;
    bulkMessages = 2000 * percent;
    new Random(1).nextBytes(payload);
  }

  /** Prints a table of messages per second. */
  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    int percent = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
    try (QueueBench bench = new QueueBench(percent)) {
      bench.run(rounds, arguments.length > 2 ? arguments[2] : "");
    }
    System.exit(0);
  }

  /** One way of doing the work; returns how many messages it moved. */
  private interface Way {
    int run() throws Exception;
  }

  private void run(int rounds, String wanted) throws Exception {
    publishBatches();
    System.out.println("| scenario | Prism msg/s | Kafka client msg/s | ratio |");
    System.out.println("|---|---|---|---|");
    compare(wanted, "Publish, 64 in flight", rounds, this::publishUnary, this::sendUnary);
    printLatencies("Prism", lastPrismNanos);
    printLatencies("Kafka client", lastKafkaNanos);
    compare(wanted, "PublishBatch(500)", rounds, this::publishBatches, this::sendBulk);
    compare(wanted, "Subscribe drain", rounds, this::drainStream, this::drainConsumer);
  }

  private static void compare(String wanted, String scenario, int rounds, Way prism, Way kafka)
      throws Exception {
    if (!scenario.contains(wanted)) {
      return;
    }
    double[] ours = new double[rounds];
    double[] theirs = new double[rounds];
    rate(prism);
    rate(kafka);
    for (int i = 0; i < rounds; i++) {
      ours[i] = rate(prism);
      theirs[i] = rate(kafka);
    }
    System.out.printf(
        "| %s | %,.0f | %,.0f | %.2f |%n",
        scenario, median(ours), median(theirs), median(ours) / median(theirs));
  }

  /** Of the last round with 64 in flight. */
  private static void printLatencies(String who, long[] nanos) {
    if (nanos.length > 0) {
      long[] sorted = nanos.clone();
      Arrays.sort(sorted);
      System.out.printf(
          "%s, 64 in flight: p50 %.2f ms, p99 %.2f ms%n",
          who, sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6);
    }
  }

  private static double rate(Way way) throws Exception {
    long begin = System.nanoTime();
    int messages = way.run();
    return messages * 1e9 / (System.nanoTime() - begin);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private int publishUnary() throws InterruptedException {
    Semaphore free = new Semaphore(IN_FLIGHT);
    PublishRequest request =
        PublishRequest.newBuilder()
            .setTopic("unary")
            .setPayload(ByteString.copyFrom(payload))
            .build();
    long[] nanos = new long[unaryMessages];
    for (int i = 0; i < unaryMessages; i++) {
      free.acquire();
      int index = i;
      long begin = System.nanoTime();
      client
          .async()
          .publish(
              request,
              new Release<PublishResponse>(free, () -> nanos[index] = System.nanoTime() - begin));
    }
    free.acquire(IN_FLIGHT);
    lastPrismNanos = nanos;
    return unaryMessages;
  }

  private int sendUnary() throws InterruptedException {
    Semaphore free = new Semaphore(IN_FLIGHT);
    long[] nanos = new long[unaryMessages];
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < unaryMessages; i++) {
        free.acquire();
        int index = i;
        long begin = System.nanoTime();
        var _ =
            producer.send(
                new ProducerRecord<>("bench.unary", payload),
                (metadata, failure) -> {
                  nanos[index] = System.nanoTime() - begin;
                  free.release();
                });
      }
      free.acquire(IN_FLIGHT);
    }
    lastKafkaNanos = nanos;
    return unaryMessages;
  }

  private int publishBatches() throws InterruptedException {
    Semaphore free = new Semaphore(BATCHES_IN_FLIGHT);
    PublishBatchRequest request =
        PublishBatchRequest.newBuilder()
            .setTopic("bulk")
            .addAllMessages(
                Collections.nCopies(
                    BATCH,
                    BatchMessage.newBuilder().setPayload(ByteString.copyFrom(payload)).build()))
            .build();
    int batches = bulkMessages / BATCH;
    for (int i = 0; i < batches; i++) {
      free.acquire();
      client.async().publishBatch(request, new Release<PublishBatchResponse>(free, () -> {}));
    }
    free.acquire(BATCHES_IN_FLIGHT);
    return batches * BATCH;
  }

  private int sendBulk() {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < bulkMessages; i++) {
        var _ = producer.send(new ProducerRecord<>("bench.bulk", payload));
      }
      producer.flush();
    }
    return bulkMessages;
  }

  private int drainStream() throws InterruptedException {
    CountDownLatch left = new CountDownLatch(bulkMessages);
    CancellableContext context = Context.current().withCancellation();
    context.run(
        () ->
            client
                .async()
                .subscribe(
                    SubscribeRequest.newBuilder()
                        .setTopic("bulk")
                        .setPosition(StartPosition.START_POSITION_EARLIEST)
                        .build(),
                    new StreamObserver<Message>() {
                      @Override
                      public void onNext(Message message) {
                        left.countDown();
                      }

                      @Override
                      public void onError(Throwable failure) {}

                      @Override
                      public void onCompleted() {}
                    }));
    left.await();
    context.cancel(null);
    return bulkMessages;
  }

  private int drainConsumer() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "enable.auto.commit", false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, PARTITIONS)
              .mapToObj(p -> new TopicPartition("bench.bulk", p))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      int count = 0;
      while (count < bulkMessages) {
        count += consumer.poll(Duration.ofSeconds(1)).count();
      }
      return count;
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "acks",
            "all",
            "linger.ms",
            0,
            "batch.size",
            128 * 1024,
            "buffer.memory",
            64 * 1024 * 1024),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  @Override
  public void close() {
    service.close();
    broker.close();
  }

  /** Makes room for the next call. */
  private record Release<T>(Semaphore free, Runnable answered) implements StreamObserver<T> {

    @Override
    public void onNext(T answer) {
      answered.run();
    }

    @Override
    public void onError(Throwable failure) {
      throw new IllegalStateException(failure);
    }

    @Override
    public void onCompleted() {
      free.release();
    }
  }
}
