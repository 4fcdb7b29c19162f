package io.prism.pubsub;

import static io.prism.pubsub.testing.Client.event;
import static io.prism.pubsub.testing.Client.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** "Slow subscriber: bounded buffer; overflow drops the oldest, counted in metrics and logged". */
@ExtendWith(OutputCaptureExtension.class)
final class SlowSubscriberTest {

  private static final int KIB = 1024;

  private static PubSubFixture start(boolean nats, String... properties) {
    return nats ? PubSubFixture.nats(properties) : PubSubFixture.inProcess(properties);
  }

  private static void publish(Client client, int number, int size) {
    byte[] payload = new byte[size];
    byte[] text = Integer.toString(number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, payload, 0, text.length);
    client.pubsub().publish(event("a", "").setPayload(ByteString.copyFrom(payload)).build());
  }

  private static List<Integer> numbers(TestStream stream) {
    return stream.payloads().stream().map(text -> Integer.parseInt(text.trim())).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theOldestAreDroppedAndNobodyElseIsHarmed(boolean nats, CapturedOutput output) {
    try (PubSubFixture service = start(nats, "prism.pubsub.subscription.buffer=50")) {
      String namespace = PubSubFixture.newNamespace();
      Client publisher = service.client(namespace);
      // A connection of its own: the window of a connection is shared by its streams.
      Client stalledClient = service.client(namespace);
      Client quickClient = service.client(namespace);
      try (TestStream stalled = TestStream.open(stalledClient, pattern("a").build(), 1);
          TestStream quick = quickClient.subscribe("a")) {
        int events = 400;
        for (int i = 0; i < events; i++) {
          publish(publisher, i, 16 * KIB);
        }
        quick.await(events);
        assertThat(numbers(quick)).as("another stream").hasSize(events).isSorted();
        Await.until("drops", () -> dropped(service) > 0);
        stalled.request(Integer.MAX_VALUE);
        Await.until("what is left", () -> numbers(stalled).contains(events - 1));
        assertThat(numbers(stalled)).isSorted().doesNotHaveDuplicates();
        assertThat(numbers(stalled)).as("the newest stay").contains(events - 1, events - 50);
        assertThat(numbers(stalled))
            .as("what is not dropped")
            .hasSize(events - (int) dropped(service));
        assertThat(output.toString().split("is too slow", -1))
            .as("a line of the log, however many are dropped")
            .hasSize(2);
        publish(publisher, events, 10);
        Await.until("it goes on", () -> numbers(stalled).contains(events));
      }
    }
  }

  private static double dropped(PubSubFixture service) {
    return service.meters().get("prism.pubsub.dropped").counter().count();
  }

  private static double buffered(PubSubFixture service) {
    return service.meters().get("prism.pubsub.buffered").gauge().value();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWaitsIsBoundedInBytesPerSubscriberAndInAll(boolean nats) {
    try (PubSubFixture service =
        start(
            nats,
            "prism.pubsub.subscription.buffer-size=1MB",
            "prism.pubsub.subscription.buffer-size-of-all=3MB")) {
      String namespace = PubSubFixture.newNamespace();
      Client publisher = service.client(namespace);
      List<TestStream> stalled = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        stalled.add(TestStream.open(service.client(namespace), pattern("a").build(), 1));
      }
      double most = 0;
      for (int i = 0; i < 150; i++) {
        publish(publisher, i, 100 * KIB);
        most = Math.max(most, buffered(service));
      }
      most =
          Math.max(most, Await.value("drops", () -> buffered(service), b -> dropped(service) > 0));
      assertThat(most)
          .as("8 streams of 15 MB: 3 MB and a single event of each")
          .isBetween(2.0 * KIB * KIB, 3.0 * KIB * KIB + 9 * 101 * KIB);
      stalled.forEach(TestStream::close);
      Await.until(
          "nothing waits for who is gone", Duration.ofSeconds(10), () -> buffered(service) == 0);
    }
  }

  @Test
  void anEventLargerThanTheBufferArrives() {
    try (PubSubFixture service =
        PubSubFixture.inProcess("prism.pubsub.subscription.buffer-size=10KB")) {
      Client client = service.client(PubSubFixture.newNamespace());
      try (TestStream stream = client.subscribe("a")) {
        publish(client, 1, 500 * KIB);
        assertThat(stream.await(1)).hasSize(1);
      }
    }
  }
}
