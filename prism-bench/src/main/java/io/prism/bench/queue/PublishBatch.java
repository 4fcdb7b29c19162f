package io.prism.bench.queue;

import io.prism.bench.client.Payload;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.queue.v1.BatchMessage;
import io.prism.queue.v1.PublishBatchRequest;
import io.prism.queue.v1.PublishBatchResponse;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What PublishBatch can do. */
public final class PublishBatch implements Scenario {
  private static final int BATCH = 500;
  private static final int IN_FLIGHT = 4;

  @Override
  public String name() {
    return "publish-batch";
  }

  @Override
  public String description() {
    return "PublishBatch of 500 × 1 KB, 4 in flight, beside as many sends of Kafka's producer";
  }

  @Override
  public Unit unit() {
    return Unit.MESSAGES_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.QUEUE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    BenchTopic topic = BenchTopic.create(bench, name());
    ClosedLoop.Limit limit = bench.effort().limit();
    // Sending on the producer's own thread would keep that from the network.
    ExecutorService sender = bench.closeLater(Executors.newSingleThreadExecutor());
    return new Sides(
        new ClosedLoop(IN_FLIGHT, BATCH, limit, Runnable::run, throughPrism(bench, topic)),
        new ClosedLoop(IN_FLIGHT, BATCH, limit, sender, directly(bench, topic)));
  }

  private static Operation throughPrism(Bench bench, BenchTopic topic) throws InterruptedException {
    BatchMessage message = BatchMessage.newBuilder().setPayload(Payload.kilobyte()).build();
    PublishBatchRequest request =
        PublishBatchRequest.newBuilder()
            .setTopic(topic.name())
            .addAllMessages(Collections.nCopies(BATCH, message))
            .build();
    UnaryCall<PublishBatchRequest, PublishBatchResponse> call =
        new UnaryCall<>(
            bench.client(Service.QUEUE).channel(),
            QueueServiceGrpc.getPublishBatchMethod(),
            PublishBatch::defect);
    return attempt -> call.start(request, attempt);
  }

  /** A batch succeeds as a call also when some of its messages fail. */
  static Optional<String> defect(PublishBatchResponse answer) {
    if (answer.getSuccessCount() == BATCH) {
      return Optional.empty();
    }
    String first =
        answer.getResultsList().stream()
            .filter(PublishResponse::hasError)
            .findFirst()
            .map(result -> ", the first failure: " + result.getError().getMessage())
            .orElse("");
    return Optional.of(
        "%d of %d messages of a batch are published%s"
            .formatted(answer.getSuccessCount(), BATCH, first));
  }

  private static Operation directly(Bench bench, BenchTopic topic) throws InterruptedException {
    KafkaProducer<byte[], byte[]> producer = KafkaSettings.producer(bench);
    byte[] payload = Payload.bytes();
    return attempt -> {
      AtomicInteger left = new AtomicInteger(BATCH);
      for (int i = 0; i < BATCH; i++) {
        var _ =
            producer.send(
                new ProducerRecord<>(topic.stored(), payload),
                (metadata, failure) -> {
                  if (failure != null) {
                    attempt.failed(failure);
                  } else if (left.decrementAndGet() == 0) {
                    attempt.succeeded();
                  }
                });
      }
    };
  }
}
