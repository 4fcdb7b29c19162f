package io.prism.queue;

import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.Status.Code;
import io.prism.config.v1.ClientConfig;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.ModifyAckDeadlineRequest;
import io.prism.queue.v1.ModifyAckDeadlineResponse;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RedeliveryTest {

  private final QueueFixture service = QueueFixture.shared();
  private final String namespace = QueueFixture.newNamespace();
  private final Client client = client(ClientConfig.newBuilder());

  private Client client(ClientConfig.Builder config) {
    config.getQueueBuilder().setPartitions(1);
    return service.client(service.session(namespace).config(config.build()));
  }

  private void publish(String... payloads) {
    for (String payload : payloads) {
      client
          .queue()
          .publish(
              PublishRequest.newBuilder()
                  .setTopic("orders")
                  .setPayload(ByteString.copyFromUtf8(payload))
                  .setPartitionKey("key-" + payload)
                  .putHeaders("of", payload)
                  .build());
    }
  }

  private static SubscribeRequest.Builder group(String topic) {
    return SubscribeRequest.newBuilder().setTopic(topic).setConsumerGroup("g");
  }

  private static Duration millis(int millis) {
    return Duration.newBuilder().setNanos(millis * 1_000_000).build();
  }

  private ModifyAckDeadlineResponse modify(Duration deadline, String... ids) {
    return client
        .queue()
        .modifyAckDeadline(
            ModifyAckDeadlineRequest.newBuilder()
                .setAckDeadline(deadline)
                .addAllMessageIds(List.of(ids))
                .build());
  }

  @Test
  void aMessageThatIsNotAcknowledgedInTimeIsDeliveredAgainWithAttemptOneHigher() {
    publish("m0", "m1", "m2");
    try (TestStream stream =
        TestStream.open(client, group("orders").setTimeout(millis(300)).build())) {
      List<Message> first = List.copyOf(stream.await(3));
      stream.acknowledge(List.of(first.get(0), first.get(2)));
      Message again = stream.await(4).get(3);
      assertThat(again.getMessageId()).isEqualTo(first.get(1).getMessageId());
      assertThat(again.getAttempt()).isEqualTo(2);
      assertThat(again.getPayload().toStringUtf8()).isEqualTo("m1");
      assertThat(stream.acknowledge(List.of(again)).getAcknowledgedCount()).isEqualTo(1);
      Await.until(
          "commit of 3",
          () ->
              Long.valueOf(3)
                  .equals(KafkaFixture.committed(namespace + ".g", namespace + ".orders").get(0)));
      assertThat(stream.messages()).hasSize(4);
    }
  }

  @Test
  void theTimeoutOfTheConfigurationCountsWhereTheRequestNamesNone() {
    ClientConfig.Builder config = ClientConfig.newBuilder();
    config.getQueueBuilder().setAckTimeout(millis(200));
    publish("m0");
    try (TestStream stream = TestStream.open(client(config), group("orders").build())) {
      assertThat(stream.await(2).get(1).getAttempt()).isEqualTo(2);
    }
  }

  @Test
  void aFullWindowDoesNotHoldUpRedelivery() {
    publish("m0", "m1", "m2", "m3");
    try (TestStream stream =
        TestStream.open(
            client, group("orders").setTimeout(millis(200)).setMaxMessages(2).build())) {
      List<Message> four = stream.await(4);
      assertThat(four).extracting(Message::getOffset).containsExactly(0L, 1L, 0L, 1L);
      assertThat(four).extracting(Message::getAttempt).containsExactly(1, 1, 2, 2);
    }
  }

  @Test
  void aDeadlineOfZeroGivesAMessageBackAtOnce() {
    publish("m0", "m1");
    try (TestStream stream = TestStream.open(client, group("orders").build())) {
      stream.await(2);
      ModifyAckDeadlineResponse answer =
          modify(Duration.getDefaultInstance(), "orders:0:0", "orders:0:7");
      assertThat(answer.getModifiedCount()).isEqualTo(1);
      assertThat(answer.getFailedIdsList()).containsExactly("orders:0:7");
      Message again = stream.await(3).get(2);
      assertThat(again.getOffset()).isZero();
      assertThat(again.getAttempt()).isEqualTo(2);
    }
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () -> modify(Duration.newBuilder().setSeconds(-1).build(), "orders:0:0"));
  }

  @Test
  void aDeadlineCanBeExtendedAndShortened() {
    publish("m0", "m1");
    try (TestStream stream =
        TestStream.open(client, group("orders").setTimeout(millis(400)).build())) {
      stream.await(2);
      assertThat(
              modify(Duration.newBuilder().setSeconds(60).build(), "orders:0:0").getModifiedCount())
          .isEqualTo(1);
      List<Message> messages = stream.await(4);
      assertThat(messages.subList(2, 4)).extracting(Message::getOffset).containsOnly(1L);
      modify(millis(1), "orders:0:0");
      Await.until(
          "redelivery of 0",
          () -> stream.messages().stream().filter(m -> m.getOffset() == 0).count() == 2);
    }
  }

  @Test
  void afterMaxDeliveryAttemptsAMessageGoesToTheDeadLetterTopicAndCountsAsAcknowledged() {
    ClientConfig.Builder config = ClientConfig.newBuilder();
    config.getQueueBuilder().setMaxDeliveryAttempts(2);
    publish("poison", "good");
    try (TestStream stream =
        TestStream.open(client(config), group("orders").setTimeout(millis(200)).build())) {
      List<Message> first = List.copyOf(stream.await(2));
      stream.acknowledge(first.subList(1, 2));
      Await.until(
          "commit of 2",
          () ->
              Long.valueOf(2)
                  .equals(KafkaFixture.committed(namespace + ".g", namespace + ".orders").get(0)));
      assertThat(stream.payloads()).containsExactly("poison", "good", "poison");
    }
    try (TestStream letters = TestStream.open(client, group("orders.dlq").build())) {
      Message letter = letters.await(1).getFirst();
      assertThat(letter.getPayload().toStringUtf8()).isEqualTo("poison");
      assertThat(letter.getHeadersMap())
          .containsEntry("of", "poison")
          .containsEntry("dead-letter-topic", "orders")
          .containsEntry("dead-letter-partition", "0")
          .containsEntry("dead-letter-offset", "0")
          .containsEntry("dead-letter-attempts", "2")
          .containsEntry("dead-letter-group", "g");
      assertThat(letter.getProducerId()).isEqualTo("test-client");
    }
    assertThat(KafkaFixture.read(namespace + ".orders.dlq").getFirst().key())
        .asString()
        .isEqualTo("key-poison");
  }

  @Test
  void aReaderWithoutAGroupDeadLettersNothing() {
    publish("before");
    ClientConfig.Builder config = ClientConfig.newBuilder();
    config.getQueueBuilder().setMaxDeliveryAttempts(1).setDeadLetterTopic("graveyard");
    try (TestStream stream =
        TestStream.open(
            client(config),
            SubscribeRequest.newBuilder()
                .setTopic("orders")
                .setTimeout(millis(100))
                .setMaxMessages(1)
                .build())) {
      publish("m0", "m1");
      stream.await(2);
      assertThat(stream.payloads()).containsExactly("m0", "m1");
    }
    failure(
        Code.NOT_FOUND,
        "TOPIC_NOT_FOUND",
        () ->
            client
                .queue()
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("graveyard").build()));
  }
}
