package io.prism.pubsub;

import static io.prism.pubsub.testing.Client.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.NatsFixture;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.pubsub.v1.Event;
import io.prism.pubsub.v1.PublishResponse;
import io.prism.starter.observe.ServiceHealth;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The acceptance cases of the project that RFC-002 is from, in its {@code
 * tests/acceptance/nats/nats_integration_test.go}: the same steps by way of the stubs, under the
 * same names. Where the originals wait for a time and assert little, these assert.
 */
final class UpstreamPubSubTest {

  private static PubSubFixture service;

  private Client client;

  @BeforeAll
  static void start() {
    service = PubSubFixture.on(NatsFixture.url());
  }

  @BeforeEach
  void connect() {
    client = service.client(PubSubFixture.newNamespace());
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
  }

  @Test
  void basicPubSubPublishAndSubscribe() {
    try (TestStream stream = client.subscribe("test.topic")) {
      PublishResponse published = client.publish("test.topic", "test message");
      assertThat(published.getEventId()).isNotEmpty();
      Event event = stream.await(1).getFirst();
      assertThat(event.getTopic()).isEqualTo("test.topic");
      assertThat(event.getPayload().toStringUtf8()).isEqualTo("test message");
      assertThat(event.getEventId()).isNotEmpty();
      assertThat(event.getTimestamp().getSeconds()).isPositive();
      assertThat(client.unsubscribe(stream.id())).isTrue();
    }
  }

  @Test
  void basicPubSubMultipleMessages() {
    List<String> sent = IntStream.range(0, 5).mapToObj(i -> "message-" + i).toList();
    try (TestStream stream = client.subscribe("test.multi")) {
      sent.forEach(payload -> client.publish("test.multi", payload));
      stream.await(5);
      assertThat(stream.payloads()).isEqualTo(sent);
    }
  }

  @Test
  void basicPubSubUnsubscribeStopsMessages() {
    try (TestStream stream = client.subscribe("test.unsub");
        TestStream other = client.subscribe("test.unsub")) {
      client.publish("test.unsub", "message-1");
      stream.await(1);
      client.unsubscribe(stream.id());
      stream.awaitOk();
      client.publish("test.unsub", "message-2");
      other.await(2);
      assertThat(stream.payloads()).containsExactly("message-1");
    }
  }

  @Test
  void fanoutMultipleSubscribersReceiveSameMessage() {
    List<TestStream> streams =
        Stream.generate(() -> client.subscribe("test.fanout")).limit(5).toList();
    client.publish("test.fanout", "broadcast message");
    for (TestStream stream : streams) {
      Event event = stream.await(1).getFirst();
      assertThat(event.getPayload().toStringUtf8()).isEqualTo("broadcast message");
      assertThat(event.getTopic()).isEqualTo("test.fanout");
      assertThat(client.unsubscribe(stream.id())).isTrue();
    }
  }

  @Test
  void messageOrderingMessagesDeliveredInOrder() {
    List<String> sent = IntStream.range(0, 20).mapToObj("message-%03d"::formatted).toList();
    try (TestStream stream = client.subscribe("test.ordering")) {
      sent.forEach(payload -> client.publish("test.ordering", payload));
      stream.await(20);
      assertThat(stream.payloads()).isEqualTo(sent);
    }
  }

  @Test
  void concurrentPublishMultiplePublishers() throws Exception {
    try (TestStream stream = client.subscribe("test.concurrent");
        ExecutorService threads = Executors.newFixedThreadPool(10)) {
      List<Callable<Void>> publishers =
          IntStream.range(0, 10).<Callable<Void>>mapToObj(this::publisher).toList();
      for (Future<Void> publisher : threads.invokeAll(publishers)) {
        publisher.get();
      }
      stream.await(100);
      assertThat(stream.payloads()).hasSize(100).doesNotHaveDuplicates();
    }
  }

  private Callable<Void> publisher(int number) {
    return () -> {
      for (int i = 0; i < 10; i++) {
        client.publish("test.concurrent", "publisher-%d-message-%d".formatted(number, i));
      }
      return null;
    };
  }

  @Test
  void healthCheckHealthyStatus() {
    assertThat(service.isConnected()).isTrue();
    assertThat(service.context().getBean(ServiceHealth.class)).isNotNull();
    try (TestStream stream = TestStream.open(client, pattern("test.health").build())) {
      client.publish("test.health", "x");
      stream.await(1);
      assertThat(service.meters().get("prism.pubsub.subscriptions").gauge().value()).isPositive();
      assertThat(service.meters().get("prism.pubsub.published").counter().count()).isPositive();
      assertThat(service.meters().get("prism.pubsub.delivered").counter().count()).isPositive();
    }
  }

  @Test
  void wildcardSubscriptionsWildcardSubscription() {
    List<String> topics = List.of("events.created", "events.updated", "events.deleted");
    try (TestStream stream = client.subscribe("events.*")) {
      topics.forEach(topic -> client.publish(topic, "payload for " + topic));
      stream.await(3);
      assertThat(stream.topics()).isEqualTo(topics);
    }
  }
}
