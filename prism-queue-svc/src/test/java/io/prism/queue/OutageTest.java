package io.prism.queue;

import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.prism.queue.testing.BrokerProcess;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutageTest {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final BrokerProcess broker = new BrokerProcess();
  private final QueueFixture service =
      QueueFixture.on(
          broker.bootstrapServers(), "prism.queue.time-limit=2s", "prism.backend.open-for=500ms");
  private final Client client = service.client(service.session(QueueFixture.newNamespace(), 1));

  @AfterEach
  void stop() {
    service.close();
    broker.close();
  }

  private static PublishRequest message(String topic, String payload) {
    return PublishRequest.newBuilder()
        .setTopic(topic)
        .setPayload(ByteString.copyFromUtf8(payload))
        .build();
  }

  private boolean isPublished(String payload) {
    try {
      client.queue().publish(message("orders", payload));
      return true;
    } catch (StatusRuntimeException e) {
      checked(Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", e);
      return false;
    }
  }

  private void checkKafka() throws Exception {
    service.context().getBean("kafkaProbe", BackendProbe.class).check();
  }

  @Test
  void aBrokerThatIsDownIsUnavailableWithinTheTimeLimitAndComesBackByItself() throws Exception {
    client.queue().publish(message("orders", "before"));
    checkKafka();
    try (TestStream stream =
        TestStream.open(
            client,
            SubscribeRequest.newBuilder().setTopic("orders").setConsumerGroup("g").build())) {
      stream.await(1);
      broker.kill();
      long begin = System.nanoTime();
      var status =
          failure(
              Code.UNAVAILABLE,
              "BACKEND_UNAVAILABLE",
              () -> client.queue().publish(message("orders", "during")));
      assertThat(detail(status, RetryInfo.class)).isPresent();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT.multipliedBy(2));
      failure(
          Code.UNAVAILABLE,
          "BACKEND_UNAVAILABLE",
          () ->
              client
                  .queue()
                  .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("orders").build()));
      try (TestStream late =
          TestStream.open(client, SubscribeRequest.newBuilder().setTopic("unknown").build())) {
        checked(Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", late.failure());
      }
      assertThatThrownBy(this::checkKafka).isNotNull();
      assertThat(stream.isClosed()).as("a live stream outlasts the outage").isFalse();
      broker.start();
      Await.until("publishing works", Duration.ofSeconds(20), () -> isPublished("after"));
      checkKafka();
      Await.until(
          "the stream goes on", Duration.ofSeconds(30), () -> stream.payloads().contains("after"));
      assertThat(stream.payloads()).first().isEqualTo("before");
    }
  }

  @Test
  void aBrokerThatDoesNotAnswerHoldsUpNoOtherCall() throws Exception {
    client.queue().publish(message("orders", "before"));
    broker.freeze();
    try {
      QueueServiceGrpc.QueueServiceFutureStub futures =
          QueueServiceGrpc.newFutureStub(client.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
      List<ListenableFuture<PublishResponse>> hanging =
          IntStream.range(0, 100)
              .mapToObj(i -> futures.publish(message(i % 2 == 0 ? "orders" : "new-" + i, "x")))
              .toList();
      long begin = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        failure(
            Code.INVALID_ARGUMENT,
            "INVALID_ARGUMENT",
            () -> client.queue().publish(message("a/b", "x")));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("calls that need no broker")
          .isLessThan(Duration.ofSeconds(1));
      assertThatThrownBy(
              () ->
                  client
                      .queue()
                      .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                      .publish(message("orders", "x")))
          .as("the client's own deadline")
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e ->
                  assertThat(e.getStatus().getCode())
                      .isIn(Code.DEADLINE_EXCEEDED, Code.UNAVAILABLE));
      for (ListenableFuture<PublishResponse> call : hanging) {
        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .cause()
            .satisfies(failure -> checked(Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", failure));
      }
    } finally {
      broker.thaw();
    }
    Await.until("publishing works", Duration.ofSeconds(20), () -> isPublished("after"));
  }
}
