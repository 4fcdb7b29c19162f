package io.prism.queue.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.util.Collection;
import org.junit.jupiter.api.Test;

final class GroupLagTest {

  private static final String LAG = "prism.queue.group.lag";

  private final String namespace = QueueFixture.newNamespace();

  private TestStream subscribe(Client client, String group) {
    return TestStream.open(
        client, SubscribeRequest.newBuilder().setTopic("orders").setConsumerGroup(group).build());
  }

  @Test
  void theLagOfAGroupIsSeenAlsoAfterItsLastStreamHasEnded() {
    try (QueueFixture service = new QueueFixture("prism.queue.lag.interval=100ms")) {
      Client client = service.client(service.session(namespace, 2));
      client.queue().publish(PublishRequest.newBuilder().setTopic("orders").build());
      KafkaFixture.write(namespace + ".orders", 1, "a", "b", "c");
      MeterRegistry meters = service.context().getBean(MeterRegistry.class);
      try (TestStream stream = subscribe(client, "billing")) {
        Await.until("four messages behind", () -> lag(meters, "billing") == 4);
        stream.acknowledge(stream.await(4));
        Await.until("nothing behind", () -> lag(meters, "billing") == 0);
      }
      KafkaFixture.write(namespace + ".orders", 0, "d", "e");
      Await.until("two messages behind", () -> lag(meters, "billing") == 2);
    }
  }

  @Test
  void theLagOfAGroupIsSeenWhenItsOnlyStreamWasShorterThanTheIntervalBetweenMeasurements() {
    try (QueueFixture service = new QueueFixture("prism.queue.lag.interval=1h")) {
      Client client = service.client(service.session(namespace, 1));
      MeterRegistry meters = service.context().getBean(MeterRegistry.class);
      client.queue().publish(PublishRequest.newBuilder().setTopic("orders").build());
      try (TestStream stream = subscribe(client, "nightly")) {
        stream.await(1);
      }
      assertThat(lag(meters, "nightly")).as("not measured yet").isEqualTo(-1);

      service.context().getBean(GroupLag.class).measure();

      assertThat(lag(meters, "nightly")).isEqualTo(1);
    }
  }

  private double lag(MeterRegistry meters, String group) {
    return meters
        .find(LAG)
        .tags("namespace", namespace, "topic", "orders", "group", group)
        .gauges()
        .stream()
        .mapToDouble(Gauge::value)
        .findFirst()
        .orElse(-1);
  }

  @Test
  void clientsCannotMakeSeriesWithoutLimit() {
    try (QueueFixture service =
        new QueueFixture("prism.queue.lag.interval=100ms", "prism.queue.lag.max-groups=1")) {
      Client client = service.client(service.session(namespace, 1));
      client.queue().publish(PublishRequest.newBuilder().setTopic("orders").build());
      MeterRegistry meters = service.context().getBean(MeterRegistry.class);
      // Sessions of their own: an acknowledgement counts for all groups of its session.
      try (TestStream one = subscribe(service.client(service.session(namespace, 1)), "one");
          TestStream two = subscribe(service.client(service.session(namespace, 1)), "two");
          TestStream three = subscribe(service.client(service.session(namespace, 1)), "three")) {
        one.acknowledge(one.await(1));
        two.acknowledge(two.await(1));
        three.await(1);
        Await.until("the last is behind", () -> lag(meters, "three") == 1);
        Collection<Gauge> gauges = meters.find(LAG).gauges();
        assertThat(gauges).hasSize(2);
        assertThat(gauges)
            .extracting(gauge -> gauge.getId().getTag("group"))
            .containsExactlyInAnyOrder("three", "(others)");
      }
    }
  }
}
