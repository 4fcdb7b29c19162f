package io.prism.queue;

import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.AcknowledgeResponse;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

final class SubscribeTest {

  private final QueueFixture service = QueueFixture.shared();
  private final String namespace = QueueFixture.newNamespace();
  private final Client client = service.client(service.session(namespace, 2));

  private PublishResponse publish(String payload, String key) {
    return client
        .queue()
        .publish(
            PublishRequest.newBuilder()
                .setTopic("orders")
                .setPayload(ByteString.copyFromUtf8(payload))
                .setPartitionKey(key)
                .build());
  }

  private PublishResponse publish(String payload, int partition) {
    return client
        .queue()
        .publish(
            PublishRequest.newBuilder()
                .setTopic("orders")
                .setPayload(ByteString.copyFromUtf8(payload))
                .setPartition(partition)
                .build());
  }

  private static SubscribeRequest.Builder group(String group) {
    return SubscribeRequest.newBuilder().setTopic("orders").setConsumerGroup(group);
  }

  private static SubscribeRequest.Builder reader() {
    return SubscribeRequest.newBuilder().setTopic("orders");
  }

  private int members(String group) {
    return KafkaFixture.members(namespace + "." + group);
  }

  @Test
  void aMessageIsDeliveredAsItWasPublished() {
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      PublishResponse published =
          client
              .queue()
              .publish(
                  PublishRequest.newBuilder()
                      .setTopic("orders")
                      .setPayload(ByteString.copyFromUtf8("hello"))
                      .putHeaders("content-type", "text/plain")
                      .setPartition(1)
                      .build());
      Message message = stream.await(1).getFirst();
      assertThat(message.getMessageId())
          .as("the same on publish and on delivery")
          .isEqualTo(published.getMessageId());
      assertThat(message.getTopic()).isEqualTo("orders");
      assertThat(message.getPartition()).isEqualTo(1);
      assertThat(message.getOffset()).isZero();
      assertThat(message.getPayload().toStringUtf8()).isEqualTo("hello");
      assertThat(message.getTimestamp()).isEqualTo(published.getTimestamp());
      assertThat(message.getProducerId()).isEqualTo("test-client");
      assertThat(message.getAttempt()).as("first delivery: attempt 1").isEqualTo(1);
      assertThat(message.getHeadersMap())
          .as("Kafka headers, except those that tell who published it")
          .containsOnlyKeys("content-type");
    }
  }

  @Test
  void theHeadersOfAnOutboxAreDelivered() throws Exception {
    try (TestStream stream = TestStream.open(client, group("g").build());
        KafkaProducer<byte[], byte[]> producer = KafkaFixture.producer()) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(namespace + ".orders", "hello".getBytes(UTF_8));
      record.headers().add("prism-mailbox-sequence", "7".getBytes(UTF_8));
      producer.send(record).get(10, TimeUnit.SECONDS);
      assertThat(stream.await(1).getFirst().getHeadersMap())
          .containsExactly(Map.entry("prism-mailbox-sequence", "7"));
    }
  }

  @Test
  void messagesOfAPlainKafkaProducerAreDelivered() {
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      KafkaFixture.write(namespace + ".orders", 0, "one", "two", "three");
      assertThat(stream.await(3))
          .extracting(m -> m.getPayload().toStringUtf8())
          .containsExactly("one", "two", "three");
      assertThat(stream.messages()).noneMatch(Message::hasProducerId);
    }
  }

  @Test
  void subscribeToAnUnknownTopicCreatesIt() {
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      assertThat(stream.isClosed()).isFalse();
      assertThat(
              client
                  .queue()
                  .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("orders").build())
                  .getPartitionCount())
          .isEqualTo(2);
    }
  }

  @Test
  void anEmptyGroupReadsAllPartitionsFromTheEndAndCommitsNothing() {
    publish("before", 0);
    try (TestStream stream = TestStream.open(client, reader().build())) {
      publish("after 0", 0);
      publish("after 1", 1);
      assertThat(stream.await(2))
          .extracting(m -> m.getPayload().toStringUtf8())
          .as("default LATEST, fixed when the response headers come")
          .containsExactlyInAnyOrder("after 0", "after 1");
      assertThat(stream.acknowledge(stream.messages()).getAcknowledgedCount()).isEqualTo(2);
    }
  }

  @Test
  void aReaderThatStatesNothingNeedNotAcknowledge() {
    try (TestStream stream = TestStream.open(client, reader().build())) {
      String[] texts = IntStream.range(0, 3000).mapToObj(i -> "m" + i).toArray(String[]::new);
      KafkaFixture.write(namespace + ".orders", 0, texts);
      stream.await(3000);
      assertThat(stream.payloads()).containsExactly(texts);
    }
  }

  @Test
  void theCommittedOffsetIsTheEndOfTheContiguousAcknowledgedPrefix() {
    for (int i = 0; i < 10; i++) {
      publish("m" + i, 0);
    }
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      List<Message> messages = List.copyOf(stream.await(10));
      stream.acknowledge(messages.subList(0, 3));
      stream.acknowledge(messages.subList(4, 7));
      Await.until(
          "commit of 3, at least every second",
          Duration.ofSeconds(2),
          () ->
              Long.valueOf(3)
                  .equals(KafkaFixture.committed(namespace + ".g", namespace + ".orders").get(0)));
      stream.acknowledge(messages.subList(3, 4));
      Await.until(
          "commit of 7",
          Duration.ofSeconds(2),
          () ->
              Long.valueOf(7)
                  .equals(KafkaFixture.committed(namespace + ".g", namespace + ".orders").get(0)));
    }
  }

  @Test
  void acknowledgedPositionsAreCommittedOnClose() {
    publish("m0", 0);
    publish("m1", 0);
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      stream.acknowledge(stream.await(2).subList(0, 1));
    }
    Await.until(
        "commit of 1",
        () ->
            Long.valueOf(1)
                .equals(KafkaFixture.committed(namespace + ".g", namespace + ".orders").get(0)));
    Await.until("no member", Duration.ofSeconds(5), () -> members("g") == 0);
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      assertThat(stream.await(1).getFirst().getPayload().toStringUtf8())
          .as("unacknowledged messages come again")
          .isEqualTo("m1");
    }
  }

  @Test
  void idsThatAreUnknownOrNotOutstandingAreInFailedIds() {
    publish("m0", 0);
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      stream.await(1);
      AcknowledgeResponse answer =
          client
              .queue()
              .acknowledge(
                  AcknowledgeRequest.newBuilder()
                      .addMessageIds("orders:0:0")
                      .addMessageIds("orders:0:0")
                      .addMessageIds("orders:0:1")
                      .addMessageIds("orders:9:0")
                      .addMessageIds("other:0:0")
                      .build());
      assertThat(answer.getAcknowledgedCount()).isEqualTo(1);
      assertThat(answer.getFailedIdsList())
          .containsExactly("orders:0:0", "orders:0:1", "orders:9:0", "other:0:0");
    }
  }

  @Test
  void malformedIdsAreRefused() {
    for (String id :
        List.of("", "orders", "orders:0", "orders:x:0", "orders:0:-1", ":0:0", "orders:-1:0")) {
      failure(
          Code.INVALID_ARGUMENT,
          "INVALID_ARGUMENT",
          () ->
              client
                  .queue()
                  .acknowledge(AcknowledgeRequest.newBuilder().addMessageIds(id).build()));
    }
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () -> client.queue().acknowledge(AcknowledgeRequest.getDefaultInstance()));
  }

  @Test
  void twoGroupsOfOneSessionThatHoldAnIdAreBothAcknowledged() {
    try (TestStream one = TestStream.open(client, group("one").build());
        TestStream other = TestStream.open(client, group("other").build())) {
      publish("m", 0);
      one.await(1);
      other.await(1);
      assertThat(one.acknowledge(one.messages()).getAcknowledgedCount()).isEqualTo(1);
      for (String group : List.of("one", "other")) {
        Await.until(
            "commit in " + group,
            () ->
                Long.valueOf(1)
                    .equals(
                        KafkaFixture.committed(namespace + "." + group, namespace + ".orders")
                            .get(0)));
      }
    }
  }

  @Test
  void aSessionAcknowledgesOnlyWhatItsOwnStreamsDelivered() {
    Client stranger = service.client(service.session(namespace));
    publish("m", 0);
    try (TestStream stream = TestStream.open(client, group("g").build())) {
      stream.await(1);
      AcknowledgeResponse answer =
          stranger
              .queue()
              .acknowledge(AcknowledgeRequest.newBuilder().addMessageIds("orders:0:0").build());
      assertThat(answer.getAcknowledgedCount()).isZero();
      assertThat(answer.getFailedIdsList()).containsExactly("orders:0:0");
      assertThat(stream.acknowledge(stream.messages()).getAcknowledgedCount()).isEqualTo(1);
    }
  }

  @Test
  void atMostMaxMessagesAreOutstanding() {
    for (int i = 0; i < 10; i++) {
      publish("m" + i, i % 2);
    }
    try (TestStream stream = TestStream.open(client, group("g").setMaxMessages(3).build())) {
      List<Message> seen = new ArrayList<>();
      while (seen.size() < 10) {
        int expected = Math.min(seen.size() + 3, 10);
        List<Message> found = List.copyOf(stream.await(expected));
        assertThat(found).as("no more than the window").hasSize(expected);
        List<Message> fresh = found.subList(seen.size(), found.size());
        seen.addAll(fresh);
        assertThat(stream.acknowledge(fresh).getFailedIdsList()).isEmpty();
      }
      assertThat(stream.payloads()).doesNotHaveDuplicates().hasSize(10);
    }
    for (int wrong : new int[] {0, -1}) {
      try (TestStream stream = TestStream.open(client, group("g").setMaxMessages(wrong).build())) {
        checked(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", stream.failure());
      }
    }
    try (TestStream stream = TestStream.open(client, group("g").setMaxMessages(100_001).build())) {
      checked(Code.INVALID_ARGUMENT, "LIMIT_EXCEEDED", stream.failure());
    }
  }

  @Test
  void theStreamsOfAGroupShareThePartitionsAndTakeOver() {
    try (TestStream one = TestStream.open(client, group("g").build())) {
      TestStream other = TestStream.open(client, group("g").build());
      // A partition that moves brings what was not acknowledged, so acknowledge all the time.
      Set<String> onOne = new HashSet<>();
      Set<String> onOther = new HashSet<>();
      Await.until(
          "both streams get messages",
          Duration.ofSeconds(20),
          () -> {
            publish("a", 0);
            publish("b", 1);
            one.messages().forEach(m -> onOne.add(m.getMessageId()));
            other.messages().forEach(m -> onOther.add(m.getMessageId()));
            acknowledge(one);
            acknowledge(other);
            return !onOne.isEmpty() && !onOther.isEmpty();
          });
      assertThat(members("g")).isEqualTo(2);
      other.close();
      Await.until("the other member is gone", Duration.ofSeconds(5), () -> members("g") == 1);
      PublishResponse last0 = publish("last", 0);
      PublishResponse last1 = publish("last", 1);
      Await.until(
          "one takes over",
          Duration.ofSeconds(10),
          () ->
              one.messages().stream()
                  .map(Message::getMessageId)
                  .toList()
                  .containsAll(List.of(last0.getMessageId(), last1.getMessageId())));
    }
  }

  private static void acknowledge(TestStream stream) {
    List<Message> messages = List.copyOf(stream.messages());
    for (int i = 0; i < messages.size(); i += 1000) {
      stream.acknowledge(messages.subList(i, Math.min(i + 1000, messages.size())));
    }
  }

  @Test
  void aBrokenStreamLeavesItsGroupWithinSeconds() {
    Client doomed = service.client(service.session(namespace));
    try (TestStream stream = TestStream.open(doomed, group("g").build())) {
      assertThat(members("g")).isEqualTo(1);
      doomed.channel().shutdownNow();
      Await.until("the group is empty", Duration.ofSeconds(5), () -> members("g") == 0);
      assertThat(stream.isClosed()).isTrue();
    }
  }

  @Test
  void orderPerKeyIsKept() {
    try (TestStream stream = TestStream.open(client, group("g").setMaxMessages(5000).build())) {
      for (int i = 0; i < 200; i++) {
        publish(Integer.toString(i), "key-" + i % 5);
      }
      stream.await(200);
      for (int key = 0; key < 5; key++) {
        int remainder = key;
        assertThat(stream.payloads().stream().map(Integer::valueOf).filter(i -> i % 5 == remainder))
            .isSorted()
            .hasSize(40);
      }
    }
  }

  @Test
  void aSlowReaderGetsEverythingLater() {
    String[] texts = IntStream.range(0, 20_000).mapToObj(i -> "m" + i).toArray(String[]::new);
    try (TestStream stream = TestStream.open(client, reader().build(), 1)) {
      KafkaFixture.write(namespace + ".orders", 0, texts);
      stream.await(1);
      stream.request(Integer.MAX_VALUE);
      stream.await(texts.length);
      assertThat(stream.payloads()).containsExactly(texts);
    }
  }

  @Test
  void startPositionsOfAReaderWithoutAGroup() {
    publish("m0", 0);
    publish("m1", 1);
    try (TestStream earliest =
            TestStream.open(
                client, reader().setPosition(StartPosition.START_POSITION_EARLIEST).build());
        TestStream latest =
            TestStream.open(
                client, reader().setPosition(StartPosition.START_POSITION_LATEST).build())) {
      publish("m2", 0);
      earliest.await(3);
      latest.await(1);
      assertThat(earliest.payloads()).containsExactlyInAnyOrder("m0", "m1", "m2");
      assertThat(latest.payloads()).containsExactly("m2");
      assertThat(Stream.of(earliest, latest).noneMatch(TestStream::isClosed)).isTrue();
    }
  }
}
