package io.prism.bench.queue;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Channel;
import io.prism.bench.client.Deliveries;
import io.prism.bench.client.LiveStream;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.OpenLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Effort;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** How long a message takes from its publisher to a waiting subscriber. */
public final class PublishToReceive implements Scenario {

  @Override
  public String name() {
    return "publish-to-receive";
  }

  @Override
  public String description() {
    return "unary Publish of 1 KB to its receipt on a live stream, 1000 due in a second, beside"
        + " Kafka's producer and consumer; p50";
  }

  @Override
  public Unit unit() {
    return Unit.MILLISECONDS;
  }

  @Override
  public Service service() {
    return Service.QUEUE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    Effort effort = bench.effort();
    Operation prism = throughPrism(bench, BenchTopic.create(bench, name()));
    Operation direct = directly(bench, BenchTopic.create(bench, name() + "-directly"));
    return new Sides(
        new OpenLoop(effort.ratePerSecond(), effort.round(), prism),
        new OpenLoop(effort.ratePerSecond(), effort.round(), direct));
  }

  private static Operation throughPrism(Bench bench, BenchTopic topic) throws InterruptedException {
    Deliveries deliveries = new Deliveries();
    // Each on a connection of its own, as publisher and subscriber have.
    LiveStream<Message> stream =
        bench.closeLater(
            LiveStream.open(
                    bench.client(Service.QUEUE).channel(),
                    QueueServiceGrpc.getSubscribeMethod(),
                    SubscribeRequest.newBuilder()
                        .setTopic(topic.name())
                        .setPosition(StartPosition.START_POSITION_LATEST)
                        .build(),
                    message -> deliveries.received(message.getPayload().asReadOnlyByteBuffer()))
                .awaitLive());
    var _ = stream.ended().thenAccept(status -> deliveries.failed(status.asRuntimeException()));
    Channel channel = bench.client(Service.QUEUE).channel();
    UnaryCall<PublishRequest, PublishResponse> call =
        new UnaryCall<>(channel, QueueServiceGrpc.getPublishMethod());
    return attempt ->
        call.startWith(
            PublishRequest.newBuilder()
                .setTopic(topic.name())
                .setPayload(UnsafeByteOperations.unsafeWrap(deliveries.payload(attempt)))
                .build(),
            attempt);
  }

  private static Operation directly(Bench bench, BenchTopic topic) throws InterruptedException {
    Deliveries deliveries = new Deliveries();
    var _ =
        bench.closeLater(
            LiveConsumer.open(bench.deployment().kafka().address(), topic, deliveries));
    KafkaProducer<byte[], byte[]> producer = KafkaSettings.producer(bench);
    return attempt -> {
      var _ =
          producer.send(
              new ProducerRecord<>(topic.stored(), deliveries.payload(attempt)),
              (metadata, failure) -> {
                if (failure != null) {
                  attempt.failed(failure);
                }
              });
    };
  }
}
