package io.prism.bench.queue;

import io.grpc.Channel;
import io.prism.bench.client.LiveStream;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Measurement;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** How fast a subscription catches up. */
public final class Drain implements Scenario {
  private static final int FILLING = 1000;
  private static final Duration FILL_LIMIT = Duration.ofMinutes(5);
  private static final Duration POLL = Duration.ofMillis(500);

  @Override
  public String name() {
    return "drain";
  }

  @Override
  public String description() {
    return "Subscribe from EARLIEST, all messages of 1 KB in a topic, beside Kafka's consumer";
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
    int messages = bench.effort().messages();
    fill(bench, topic, messages);
    Channel channel = bench.client(Service.QUEUE).channel();
    String kafka = bench.deployment().kafka().address();
    return new Sides(
        () -> throughPrism(channel, topic, messages), () -> directly(kafka, topic, messages));
  }

  private static void fill(Bench bench, BenchTopic topic, int messages)
      throws InterruptedException {
    var _ =
        new ClosedLoop(
                FILLING,
                new ClosedLoop.Limit(FILL_LIMIT, messages),
                Publishing.directly(bench, topic))
            .round();
  }

  private static Measurement throughPrism(Channel channel, BenchTopic topic, int messages)
      throws InterruptedException {
    SubscribeRequest request =
        SubscribeRequest.newBuilder()
            .setTopic(topic.name())
            .setPosition(StartPosition.START_POSITION_EARLIEST)
            .build();
    Reading reading = new Reading(messages);
    try (LiveStream<Message> stream =
        LiveStream.open(
            channel,
            QueueServiceGrpc.getSubscribeMethod(),
            request,
            message -> reading.received(message.getPartition(), message.getOffset()))) {
      var _ = stream.ended().thenAccept(status -> reading.failed(status.asRuntimeException()));
      return reading.await();
    }
  }

  private static Measurement directly(String kafka, BenchTopic topic, int messages)
      throws InterruptedException {
    Reading reading = new Reading(messages);
    long limit = System.nanoTime() + FILL_LIMIT.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer = KafkaSettings.consumer(kafka)) {
      consumer.assign(topic.partitions());
      consumer.seekToBeginning(topic.partitions());
      while (!reading.isDone() && System.nanoTime() - limit < 0) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          reading.received(record.partition(), record.offset());
        }
      }
      return reading.await();
    }
  }
}
