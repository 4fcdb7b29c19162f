package io.prism.bench.queue;

import io.prism.bench.client.Payload;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One message at a time, in both ways. */
final class Publishing {
  private Publishing() {}

  /** A unary Publish of 1 KB. */
  static Operation throughPrism(Bench bench, BenchTopic topic) throws InterruptedException {
    PublishRequest request =
        PublishRequest.newBuilder().setTopic(topic.name()).setPayload(Payload.kilobyte()).build();
    UnaryCall<PublishRequest, PublishResponse> call =
        new UnaryCall<>(bench.client(Service.QUEUE).channel(), QueueServiceGrpc.getPublishMethod());
    return attempt -> call.start(request, attempt);
  }

  /** A send of 1 KB by Kafka's producer. */
  static Operation directly(Bench bench, BenchTopic topic) throws InterruptedException {
    KafkaProducer<byte[], byte[]> producer = KafkaSettings.producer(bench);
    byte[] payload = Payload.bytes();
    return attempt -> {
      var _ =
          producer.send(
              new ProducerRecord<>(topic.stored(), payload),
              (metadata, failure) -> {
                if (failure == null) {
                  attempt.succeeded();
                } else {
                  attempt.failed(failure);
                }
              });
    };
  }
}
