package io.prism.pubsub;

import static io.prism.pubsub.testing.Client.event;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.Status.Code;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.NatsFixture.PlainClient;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.pubsub.v1.Event;
import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.PublishResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on a real nats-server, and beside plain clients of it. */
final class NatsTest extends PubSubContract {

  private static PubSubFixture service;

  private final String own = PubSubFixture.newNamespace();

  @BeforeAll
  static void start() {
    service = PubSubFixture.nats();
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
  }

  @Override
  PubSubFixture service() {
    return service;
  }

  @Test
  void aPlainClientReadsWhatPrismPublishesAndAnswersIt() throws Exception {
    Client client = service.client(own);
    try (PlainClient plainClient = PlainClient.connect();
        TestStream inbox = client.subscribe("inbox")) {
      Connection plain = plainClient.connection();
      Subscription subscription = plain.subscribe(own + ".a.*");
      plain.flush(Duration.ofSeconds(5));
      client
          .pubsub()
          .publish(
              event("a.b", "payload as it is")
                  .putMetadata("tenant", "acme")
                  .setReplyTo("inbox")
                  .setCorrelationId("c1")
                  .build());
      Message message = subscription.nextMessage(Duration.ofSeconds(5));
      assertThat(message.getSubject()).isEqualTo(own + ".a.b");
      assertThat(new String(message.getData(), StandardCharsets.UTF_8))
          .isEqualTo("payload as it is");
      assertThat(message.getHeaders().getFirst("tenant")).isEqualTo("acme");
      assertThat(message.getHeaders().getFirst("prism-correlation-id")).isEqualTo("c1");
      plain.publish(message.getReplyTo(), "answer".getBytes(StandardCharsets.UTF_8));
      assertThat(inbox.await(1).getFirst().getPayload().toStringUtf8()).isEqualTo("answer");
    }
  }

  @Test
  void whatAPlainClientPublishesIsAnEvent() throws Exception {
    try (PlainClient plainClient = PlainClient.connect();
        TestStream stream = service.client(own).subscribe("plain.>")) {
      Connection plain = plainClient.connection();
      plain.publish(own + ".plain.bare", "one".getBytes(StandardCharsets.UTF_8));
      Headers headers = new Headers();
      headers.add("tenant", "acme", "other");
      headers.add("prism-timestamp", "no number");
      headers.add("prism-metadata", "no pair");
      plain.publish(
          own + ".plain.dressed",
          "_INBOX.of.the.plain.client",
          headers,
          "two".getBytes(StandardCharsets.UTF_8));
      Event bare = stream.await(2).get(0);
      Event dressed = stream.events().get(1);
      assertThat(bare.getTopic()).isEqualTo("plain.bare");
      assertThat(bare.getPayload().toStringUtf8()).isEqualTo("one");
      assertThat(bare.getEventId()).isNotEmpty().isNotEqualTo(dressed.getEventId());
      assertThat(bare.hasTimestamp()).isTrue();
      assertThat(dressed.getMetadataMap()).isEqualTo(Map.of("tenant", "acme, other"));
      assertThat(dressed.hasTimestamp()).isTrue();
      assertThat(dressed.hasReplyTo())
          .as("an inbox outside the namespace could not be published to")
          .isFalse();
    }
  }

  @Test
  void theBrokersOwnLimitIsNamed() {
    Client client = service.client(own);
    var status =
        failure(
            Code.INVALID_ARGUMENT,
            "LIMIT_EXCEEDED",
            () ->
                client
                    .pubsub()
                    .publish(
                        event("a", "")
                            .setPayload(ByteString.copyFrom(new byte[1024 * 1024]))
                            .build()));
    assertThat(status.getMessage()).contains("max_payload").contains("1048576");
    assertThat(detail(status, ErrorInfo.class).orElseThrow().getMetadataOrThrow("limit"))
        .isEqualTo("1048576");
  }

  /** More than may be handed over and not confirmed at a time: what is confirmed makes room. */
  @Test
  void thirtyThousandEventsAreNeitherRefusedNorLost() throws Exception {
    int events = 30_000;
    Client client = service.client(own);
    try (PlainClient plainClient = PlainClient.connect()) {
      Connection plain = plainClient.connection();
      Subscription subscription = plain.subscribe(own + ".load");
      plain.flush(Duration.ofSeconds(5));
      Semaphore inFlight = new Semaphore(200);
      AtomicInteger refused = new AtomicInteger();
      for (int i = 0; i < events; i++) {
        inFlight.acquire();
        ListenableFuture<PublishResponse> call =
            PubSubServiceGrpc.newFutureStub(client.channel()).publish(event("load", "x").build());
        Futures.addCallback(call, new Answer(inFlight, refused), Runnable::run);
      }
      inFlight.acquire(200);
      assertThat(refused).as("refused").hasValue(0);
      for (int i = 0; i < events; i++) {
        assertThat(subscription.nextMessage(Duration.ofSeconds(5))).as("event " + i).isNotNull();
      }
    }
  }

  private record Answer(Semaphore inFlight, AtomicInteger refused)
      implements FutureCallback<PublishResponse> {

    @Override
    public void onSuccess(@Nullable PublishResponse response) {
      inFlight.release();
    }

    @Override
    public void onFailure(Throwable failure) {
      refused.incrementAndGet();
      inFlight.release();
    }
  }
}
