package io.prism.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.queue.testing.BrokerProcess;
import io.prism.queue.testing.GroupLoad;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueDeployment;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.RetryingClient;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.ReplicaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Every acknowledged publish is delivered at least once, whatever happens around it. */
final class FaultsTest {

  /** As long as the longest outage here takes, with a try each second. */
  private static final int TRIES = 90;

  private final String namespace = QueueFixture.newNamespace();

  private static void awaitTime(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Await.until("time", time.multipliedBy(2), () -> System.nanoTime() > end);
  }

  @Test
  void nothingIsLostWhenTheBrokerIsAwayForASecondAndForHalfAMinute() throws Exception {
    try (BrokerProcess broker = new BrokerProcess();
        QueueFixture service =
            QueueFixture.on(
                broker.bootstrapServers(),
                "prism.queue.time-limit=5s",
                "prism.backend.open-for=500ms")) {
      List<Client> replicas = List.of(service.client(service.session(namespace, 3)));
      RetryingClient client = new RetryingClient(replicas, TRIES);
      client.addEndpoint(0);
      try (GroupLoad load = new GroupLoad(client, replicas)) {
        load.addPublisher();
        load.addPublisher();
        load.addSubscriber();
        load.addSubscriber();
        load.awaitProgress("under way");
        for (int seconds : new int[] {1, 30}) {
          broker.kill();
          awaitTime(Duration.ofSeconds(seconds));
          broker.start();
          load.awaitProgress("after " + seconds + " s without the broker");
        }
        load.finish(broker.bootstrapServers(), namespace);
        System.out.println("broker away: " + load);
      }
    }
  }

  /** Of each half second, the broker works for a fifth. */
  @Test
  void nothingIsLostWhenTheBrokerIsSlow() throws Exception {
    try (BrokerProcess broker = new BrokerProcess();
        QueueFixture service = QueueFixture.on(broker.bootstrapServers())) {
      List<Client> replicas = List.of(service.client(service.session(namespace, 3)));
      RetryingClient client = new RetryingClient(replicas, 1);
      client.addEndpoint(0);
      try (GroupLoad load = new GroupLoad(client, replicas)) {
        load.addPublisher();
        load.addPublisher();
        load.addSubscriber();
        load.addSubscriber();
        load.awaitProgress("under way");
        for (int i = 0; i < 30; i++) {
          broker.freeze();
          awaitTime(Duration.ofMillis(400));
          broker.thaw();
          awaitTime(Duration.ofMillis(100));
        }
        load.awaitProgress("after a slow quarter of a minute");
        load.finish(broker.bootstrapServers(), namespace);
        System.out.println("slow broker: " + load);
      }
    }
  }

  @Test
  void nothingIsLostWhileMembersJoinAndLeaveEverySecond() throws Exception {
    QueueFixture service = QueueFixture.shared();
    List<Client> replicas = List.of(service.client(service.session(namespace, 6)));
    RetryingClient client = new RetryingClient(replicas, TRIES);
    client.addEndpoint(0);
    try (GroupLoad load = new GroupLoad(client, replicas)) {
      load.addPublisher();
      load.addPublisher();
      load.addSubscriber();
      load.addSubscriber();
      load.awaitProgress("under way");
      for (int i = 0; i < 15; i++) {
        try (TestStream _ =
            TestStream.open(replicas.getFirst(), GroupLoad.member().build(), load::arrived)) {
          awaitTime(Duration.ofSeconds(1));
        }
      }
      load.awaitProgress("after the storm");
      load.finish(KafkaFixture.bootstrapServers(), namespace);
      System.out.println("rebalance storm: " + load);
    }
  }

  /** The process has a heap of 256 MiB; a fifth of a gigabyte waits for each of its readers. */
  @Test
  void stalledReadersOfLargeMessagesStarveNobodyInASmallHeap() {
    try (QueueDeployment deployment = new QueueDeployment(1);
        ReplicaProcess process = deployment.startProcess(0)) {
      Client client = deployment.client(0, deployment.session(namespace, 2));
      RetryingClient retrying = new RetryingClient(List.of(client), TRIES);
      retrying.addEndpoint(0);
      PublishRequest small =
          PublishRequest.newBuilder()
              .setTopic("small")
              .setPayload(ByteString.copyFromUtf8("hello"))
              .build();
      retrying.call(-1, queue -> queue.publish(small.toBuilder().setTopic("large").build()));
      try (KafkaProducer<byte[], byte[]> producer = KafkaFixture.producer()) {
        byte[] payload = new byte[1000 * 1000];
        for (int i = 0; i < 200; i++) {
          var _ = producer.send(new ProducerRecord<>(namespace + ".large", payload));
        }
      }
      SubscribeRequest.Builder earliest =
          SubscribeRequest.newBuilder().setPosition(StartPosition.START_POSITION_EARLIEST);
      List<TestStream> stalled = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        stalled.add(TestStream.open(client, earliest.setTopic("large").build(), 1));
      }
      stalled.forEach(stream -> stream.await(1));
      try (TestStream lively = TestStream.open(client, earliest.setTopic("small").build())) {
        for (int i = 0; i < 500; i++) {
          retrying.call(-1, queue -> queue.publish(small));
        }
        assertThat(lively.await(500)).hasSize(500);
      }
      assertThat(stalled).noneMatch(TestStream::isClosed);
      assertThat(process.isAlive()).isTrue();
      stalled.forEach(TestStream::close);
    }
  }
}
