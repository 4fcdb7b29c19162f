package io.prism.queue;

import static io.prism.starter.testing.Failures.checked;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.queue.kafka.KafkaSubscriber;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionState;
import io.prism.starter.auth.Session;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What clients cannot do to an instance, and how it stops. */
final class LimitsTest {

  private static final int MILLION = 1_000_000;
  private static final long MIB = 1024 * 1024;

  private final String namespace = QueueFixture.newNamespace();

  private static SubscribeRequest.Builder subscribe(String group) {
    return SubscribeRequest.newBuilder().setTopic("orders").setConsumerGroup(group);
  }

  private static void publish(Client client, String payload) {
    client
        .queue()
        .publish(
            PublishRequest.newBuilder()
                .setTopic("orders")
                .setPayload(ByteString.copyFromUtf8(payload))
                .build());
  }

  private int members(String group) {
    return KafkaFixture.members(namespace + "." + group);
  }

  @Test
  void stalledReadersCostLittleHeapWithAMillionMessagesWaiting() {
    try (QueueFixture service = new QueueFixture()) {
      Client client = service.client(service.session(namespace, 2), 256 * 1024);
      publish(client, "first");
      try (KafkaProducer<byte[], byte[]> producer = KafkaFixture.producer()) {
        byte[] payload = new byte[100];
        for (int i = 0; i < MILLION; i++) {
          var _ = producer.send(new ProducerRecord<>(namespace + ".orders", payload));
        }
      }
      long before = usedHeap();
      List<TestStream> stalled = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        stalled.add(
            TestStream.open(
                client,
                SubscribeRequest.newBuilder()
                    .setTopic("orders")
                    .setPosition(StartPosition.START_POSITION_EARLIEST)
                    .build(),
                1));
      }
      stalled.forEach(stream -> stream.await(1));
      Counter delivered =
          service.context().getBean(MeterRegistry.class).get("prism.queue.delivered").counter();
      long sent = standstill(delivered);
      assertThat(sent)
          .as("no more than the windows of transport and client hold")
          .isLessThan(20_000);
      long grown = usedHeap() - before;
      assertThat(grown).as("of 5 × 100 MB").isLessThan(60 * MIB);
      assertThat((long) delivered.count()).as("and still nothing").isEqualTo(sent);
      stalled.forEach(TestStream::close);
    }
  }

  /** What a counter stays at for half a second. */
  private static long standstill(Counter counter) {
    AtomicLong since = new AtomicLong(System.nanoTime());
    AtomicLong last = new AtomicLong(-1);
    Await.until(
        "a standstill",
        () -> {
          long count = (long) counter.count();
          if (last.getAndSet(count) != count) {
            since.set(System.nanoTime());
          }
          return System.nanoTime() - since.get() > 500_000_000L;
        });
    return last.get();
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void aForgottenMessageStopsItsPartitionAtTheCappedSpan() {
    try (QueueFixture service = new QueueFixture("prism.queue.subscription.max-span=100")) {
      Client client = service.client(service.session(namespace, 1));
      publish(client, "forgotten");
      KafkaFixture.write(
          namespace + ".orders",
          0,
          IntStream.range(1, 5000).mapToObj(i -> "m" + i).toArray(String[]::new));
      MeterRegistry meters = service.context().getBean(MeterRegistry.class);
      try (TestStream stream = TestStream.open(client, subscribe("g").setMaxMessages(50).build())) {
        Message forgotten = stream.await(50).getFirst();
        int acknowledged = 1;
        long idleSince = System.nanoTime();
        while (System.nanoTime() - idleSince < Duration.ofSeconds(2).toNanos()) {
          List<Message> all = List.copyOf(stream.messages());
          if (all.size() > acknowledged) {
            stream.acknowledge(all.subList(acknowledged, all.size()));
            acknowledged = all.size();
            idleSince = System.nanoTime();
          }
        }
        assertThat(acknowledged)
            .as("the cap and what was read before it was reached")
            .isBetween(100, 1200);
        assertThat(meters.get("prism.queue.unacknowledged.span").gauge().value())
            .isGreaterThanOrEqualTo(100);
        stream.acknowledge(List.of(forgotten));
        stream.await(acknowledged + 1);
      }
    }
  }

  @Test
  void anInstanceTakesSoManySubscriptionsAndNoMore() {
    try (QueueFixture service = new QueueFixture("prism.queue.subscription.max=2")) {
      Client client = service.client(service.session(namespace, 1));
      TestStream one = TestStream.open(client, subscribe("one").build());
      try (TestStream two = TestStream.open(client, subscribe("two").build());
          TestStream three = TestStream.open(client, subscribe("three").build())) {
        checked(Code.UNAVAILABLE, "OVERLOADED", three.failure());
        assertThat(two.isClosed()).isFalse();
      }
      one.close();
      Await.until(
          "room for another",
          () -> {
            try (TestStream next = TestStream.open(client, subscribe("next").build())) {
              return !next.isClosed();
            }
          });
    }
  }

  @Test
  void aStreamEndsWithItsSessionAndLeavesItsGroup() {
    try (QueueFixture service = new QueueFixture()) {
      Session session = service.session(namespace, 1).build();
      Client client =
          new Client(service.server().channel(service.server().tokens().token(session)));
      try (TestStream stream = TestStream.open(client, subscribe("g").build())) {
        assertThat(members("g")).isEqualTo(1);
        service
            .server()
            .registry()
            .apply(
                List.of(
                    SessionState.newBuilder()
                        .setSessionId(session.id())
                        .setCondition(SessionCondition.SESSION_CONDITION_CLOSED)
                        .setVersion(1)
                        .build()));
        checked(Code.UNAUTHENTICATED, "SESSION_CLOSED", stream.failure());
        Await.until("no member", Duration.ofSeconds(5), () -> members("g") == 0);
      }
    }
  }

  @Test
  void aDrainingInstanceStopsFetchingThenCommitsAndLeaves() {
    QueueFixture service = new QueueFixture();
    Client client = service.client(service.session(namespace, 1));
    publish(client, "m0");
    publish(client, "m1");
    try (TestStream stream = TestStream.open(client, subscribe("g").build())) {
      List<Message> delivered = List.copyOf(stream.await(2));
      service.context().getBean(KafkaSubscriber.class).stopFetching();
      publish(client, "m2");
      assertThat(stream.acknowledge(delivered).getAcknowledgedCount())
          .as("what was delivered can still be acknowledged")
          .isEqualTo(2);
      try (TestStream late = TestStream.open(client, subscribe("g").build())) {
        checked(Code.UNAVAILABLE, "DRAINING", late.failure());
      }
      service.close();
      assertThat(stream.payloads()).containsExactly("m0", "m1");
    }
    assertThat(KafkaFixture.committed(namespace + ".g", namespace + ".orders"))
        .containsEntry(0, 2L);
    assertThat(members("g")).isZero();
  }
}
