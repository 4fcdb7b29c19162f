package io.prism.pubsub;

import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.UnsafeByteOperations;
import com.google.rpc.RetryInfo;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.NatsFixture;
import io.prism.pubsub.testing.NatsServer;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** NATS goes away and comes back. */
final class OutageTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** How many calls try a store anew before it counts as there. */
  private static final int TRIAL_CALLS = 5;

  private static final String[] PROPERTIES = {
    "prism.pubsub.nats.time-limit=1s", "prism.backend.open-for=300ms"
  };

  private final NatsServer server = NatsFixture.server();
  private final String namespace = PubSubFixture.newNamespace();

  @AfterEach
  void stop() {
    server.close();
  }

  private static boolean isPublished(Client client, String payload) {
    try {
      client.publish("a", payload);
      return true;
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
      return false;
    }
  }

  /** More calls in a row than try a store that was down: some of those may come too early. */
  private static boolean areAllPublished(Client client, String payload) {
    return IntStream.rangeClosed(0, TRIAL_CALLS).allMatch(_ -> isPublished(client, payload));
  }

  @Test
  void whileNatsIsDownCallsAreUnavailableAndThenStreamsGoOnByThemselves() {
    try (PubSubFixture service = PubSubFixture.on(server.url(), PROPERTIES)) {
      Client client = service.client(namespace);
      try (TestStream stream = client.subscribe("a");
          TestStream member = client.join("g", "a")) {
        client.publish("a", "before");
        stream.await(1);
        member.await(1);
        server.kill();
        Await.until("an outage that is known", LIMIT, () -> !isPublished(client, "lost"));
        long begin = System.nanoTime();
        for (int i = 0; i < 50; i++) {
          var status =
              failure(Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", () -> client.publish("a", "during"));
          assertThat(detail(status, RetryInfo.class)).isPresent();
        }
        try (TestStream late = client.subscribe("b")) {
          checked(Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", late.failure());
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
            .as("nothing waits for NATS")
            .isLessThan(Duration.ofSeconds(5));
        assertThat(service.isConnected()).as("the probe").isFalse();
        assertThat(stream.isClosed()).as("a live stream outlasts the outage").isFalse();
        assertThat(client.list()).hasSize(2);
        server.start();
        Await.until("publishing works for good", LIMIT, () -> areAllPublished(client, "after"));
        // The first may have come before the subscriptions were there again.
        Await.until(
            "the streams go on",
            LIMIT,
            () ->
                isPublished(client, "after")
                    && stream.payloads().contains("after")
                    && member.payloads().contains("after"));
        assertThat(stream.payloads()).as("nothing was kept for later").doesNotContain("during");
        assertThat(client.publish("a", "x").getSubscriberCount()).isEqualTo(2);
        assertThat(service.isConnected()).isTrue();
      }
    }
  }

  @Test
  void aServiceThatStartsBeforeNatsWaitsForIt() {
    server.kill();
    try (PubSubFixture service = PubSubFixture.started(server.url(), PROPERTIES)) {
      Client client = service.client(namespace);
      failure(Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", () -> client.publish("a", "x"));
      assertThat(service.isConnected()).isFalse();
      server.start();
      Await.until("a connection", LIMIT, service::isConnected);
      Await.until("publishing works", LIMIT, () -> isPublished(client, "x"));
      try (TestStream stream = client.subscribe("a")) {
        client.publish("a", "m");
        assertThat(stream.await(1)).hasSize(1);
      }
    }
  }

  /** A server that does not answer is found out, and holds nothing up until then. */
  @Test
  void aServerThatStandsStillIsAnOutageToo() {
    try (PubSubFixture service = PubSubFixture.on(server.url(), PROPERTIES)) {
      Client client = service.client(namespace);
      try (TestStream stream = client.subscribe("a")) {
        server.freeze();
        try {
          try (TestStream late = client.subscribe("b")) {
            checked(Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", late.failure());
            assertThat(late.wasLive()).as("without the broker's answer").isFalse();
          }
          Await.until("an outage that is known", LIMIT, () -> !isPublished(client, "frozen"));
        } finally {
          server.thaw();
        }
        Await.until("publishing works", LIMIT, () -> isPublished(client, "after"));
        Await.until(
            "the stream goes on",
            LIMIT,
            () -> isPublished(client, "after") && stream.payloads().contains("after"));
      }
    }
  }

  /** "No unbounded queue": what such a server does not take is not taken from clients either. */
  @Test
  void whatAServerThatStandsStillDoesNotTakeIsBounded() {
    try (PubSubFixture service = PubSubFixture.on(server.url(), PROPERTIES)) {
      Client client = service.client(namespace);
      byte[] payload = new byte[1_000_000];
      server.freeze();
      try {
        long begin = System.nanoTime();
        var refused =
            catchThrowableOfType(
                StatusRuntimeException.class,
                () -> {
                  for (int i = 0; i < 100; i++) {
                    client
                        .pubsub()
                        .publish(
                            Client.event("a", "")
                                .setPayload(UnsafeByteOperations.unsafeWrap(payload))
                                .build());
                  }
                });
        checked(Code.UNAVAILABLE, "OVERLOADED", refused);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
            .as("no call waited")
            .isLessThan(Duration.ofSeconds(4));
      } finally {
        server.thaw();
      }
      Await.until("publishing works", LIMIT, () -> isPublished(client, "after"));
    }
  }
}
