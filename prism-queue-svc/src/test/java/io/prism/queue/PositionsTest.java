package io.prism.queue;

import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.ResourceInfo;
import io.grpc.Status.Code;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.CommitRequest;
import io.prism.queue.v1.CommitResponse;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PartitionOffset;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.SeekRequest;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Start positions, Commit and Seek, over a topic of one partition with ten messages. */
final class PositionsTest {

  private final QueueFixture service = QueueFixture.shared();
  private final String namespace = QueueFixture.newNamespace();
  private final Client client = service.client(service.session(namespace, 1));

  @BeforeEach
  void tenMessages() {
    publish("m0");
    KafkaFixture.write(
        namespace + ".orders",
        0,
        IntStream.range(1, 10).mapToObj(i -> "m" + i).toArray(String[]::new));
  }

  private PublishResponse publish(String payload) {
    return client
        .queue()
        .publish(
            PublishRequest.newBuilder()
                .setTopic("orders")
                .setPayload(ByteString.copyFromUtf8(payload))
                .build());
  }

  private static long millis(PublishResponse sent) {
    return Timestamps.toMillis(sent.getTimestamp());
  }

  private static SubscribeRequest.Builder group() {
    return SubscribeRequest.newBuilder().setTopic("orders").setConsumerGroup("g");
  }

  private TestStream open(SubscribeRequest.Builder request) {
    return TestStream.open(client, request.build());
  }

  private static PartitionOffset at(int partition, long offset) {
    return PartitionOffset.newBuilder().setPartition(partition).setOffset(offset).build();
  }

  private CommitResponse commit(long offset) {
    return client
        .queue()
        .commit(
            CommitRequest.newBuilder()
                .setTopic("orders")
                .setConsumerGroup("g")
                .addOffsets(at(0, offset))
                .build());
  }

  private void seek(long offset) {
    assertThat(
            client
                .queue()
                .seek(
                    SeekRequest.newBuilder()
                        .setTopic("orders")
                        .setConsumerGroup("g")
                        .addPositions(at(0, offset))
                        .build())
                .getSuccess())
        .isTrue();
  }

  private @Nullable Long committed() {
    return KafkaFixture.committed(namespace + ".g", namespace + ".orders").get(0);
  }

  private void firstIs(String payload, SubscribeRequest.Builder request) {
    try (TestStream stream = open(request)) {
      assertThat(stream.await(1).getFirst().getPayload().toStringUtf8()).isEqualTo(payload);
    }
    awaitEmptyGroup();
  }

  private void awaitEmptyGroup() {
    Await.until("an empty group", () -> KafkaFixture.members(namespace + ".g") == 0);
  }

  @Test
  void unspecifiedAndCommittedAreTheCommittedOffsetElseEarliest() {
    firstIs("m0", group());
    firstIs("m0", group().setPosition(StartPosition.START_POSITION_COMMITTED));
    commit(4);
    firstIs("m4", group());
    firstIs("m4", group().setPosition(StartPosition.START_POSITION_UNSPECIFIED));
    firstIs("m4", group().setPosition(StartPosition.START_POSITION_COMMITTED));
  }

  @Test
  void earliestOffsetAndTimestampMoveAGroupWithoutLiveMembers() {
    commit(4);
    firstIs("m0", group().setPosition(StartPosition.START_POSITION_EARLIEST));
    firstIs("m6", group().setOffset(6));
    long before = System.currentTimeMillis();
    PublishResponse later =
        Await.value("a later millisecond", () -> publish("later"), sent -> millis(sent) > before);
    try (TestStream stream = open(group().setTimestamp(later.getTimestamp()))) {
      assertThat(stream.await(1).getFirst().getOffset()).isPositive();
      assertThat(stream.payloads()).doesNotContain("m0");
    }
    awaitEmptyGroup();
    Timestamp future =
        Timestamp.newBuilder().setSeconds(System.currentTimeMillis() / 1000 + 3600).build();
    try (TestStream stream = open(group().setTimestamp(future))) {
      String last = publish("last").getMessageId();
      assertThat(stream.await(1))
          .extracting(Message::getMessageId)
          .as("none: the end")
          .containsExactly(last);
    }
  }

  @Test
  void latestIsFixedWhenTheStreamIsLive() {
    try (TestStream stream = open(group().setPosition(StartPosition.START_POSITION_LATEST))) {
      publish("new");
      stream.await(1);
      assertThat(stream.payloads()).containsExactly("new");
    }
    awaitEmptyGroup();
    firstIs("new", group());
  }

  @Test
  void aMemberThatJoinsALiveGroupGoesOnFromItsCommittedOffsets() {
    try (TestStream one = open(group())) {
      one.acknowledge(one.await(10).subList(0, 5));
      TestStream other = open(group().setPosition(StartPosition.START_POSITION_EARLIEST));
      other.close();
      Await.until("commit", () -> Long.valueOf(5).equals(committed()));
      try (TestStream beyond = open(group().setOffset(1000))) {
        assertThat(beyond.isClosed())
            .as("a start position that does not apply is not checked")
            .isFalse();
      }
    }
  }

  @Test
  void aStartOffsetThatDoesNotExistIsOutOfRange() {
    for (SubscribeRequest.Builder request :
        List.of(
            group().setOffset(11),
            SubscribeRequest.newBuilder().setTopic("orders").setOffset(11))) {
      try (TestStream stream = open(request)) {
        checked(Code.OUT_OF_RANGE, "OFFSET_OUT_OF_RANGE", stream.failure());
      }
    }
    try (TestStream stream = open(group().setOffset(10))) {
      publish("new");
      stream.await(1);
      assertThat(stream.payloads()).containsExactly("new");
    }
  }

  @Test
  void commitIsCumulativeAndAcknowledgesEverythingBelow() {
    try (TestStream stream = open(group().setMaxMessages(4))) {
      stream.await(4);
      CommitResponse answer = commit(3);
      assertThat(answer.getSuccess()).isTrue();
      assertThat(answer.getCommittedList()).containsExactly(at(0, 3));
      assertThat(committed()).as("when it is answered").isEqualTo(3);
      stream.await(7);
      assertThat(stream.acknowledge(stream.messages().subList(0, 4)).getAcknowledgedCount())
          .as("0 to 2 are acknowledged already")
          .isEqualTo(1);
      assertThat(commit(2).getCommittedList()).as("never back").containsExactly(at(0, 4));
      assertThat(commit(9).getCommittedList())
          .as("beyond what was delivered")
          .containsExactly(at(0, 9));
      Await.until("the next message", () -> stream.payloads().contains("m9"));
      assertThat(stream.payloads()).doesNotContain("m8");
    }
  }

  @Test
  void commitMovesAGroupWithoutMembersForwardOnly() {
    assertThat(commit(5).getCommittedList()).containsExactly(at(0, 5));
    assertThat(commit(2).getCommittedList()).containsExactly(at(0, 5));
    assertThat(committed()).isEqualTo(5);
  }

  @Test
  void seekMovesALiveGroup() {
    try (TestStream stream = open(group())) {
      stream.acknowledge(stream.await(10));
      seek(2);
      assertThat(committed()).as("when it is answered").isEqualTo(2);
      List<Message> all = stream.await(18);
      assertThat(all.get(10).getOffset()).isEqualTo(2);
      assertThat(stream.acknowledge(all.subList(10, 18)).getFailedIdsList()).isEmpty();
      Await.until("commit", () -> Long.valueOf(10).equals(committed()));
      seek(9);
      stream.await(19);
      assertThat(stream.messages().getLast().getOffset()).isEqualTo(9);
    }
  }

  @Test
  void seekMovesAGroupWithoutMembers() {
    seek(7);
    firstIs("m7", group());
    seek(1);
    firstIs("m1", group());
  }

  @Test
  void commitAndSeekOfWhatDoesNotExistFail() {
    var missing =
        failure(
            Code.NOT_FOUND,
            "TOPIC_NOT_FOUND",
            () ->
                client
                    .queue()
                    .commit(
                        CommitRequest.newBuilder()
                            .setTopic("nothing")
                            .setConsumerGroup("g")
                            .addOffsets(at(0, 0))
                            .build()));
    assertThat(detail(missing, ResourceInfo.class).map(ResourceInfo::getResourceType))
        .contains("topic");
    failure(
        Code.NOT_FOUND,
        "TOPIC_NOT_FOUND",
        () ->
            client
                .queue()
                .seek(
                    SeekRequest.newBuilder()
                        .setTopic("nothing")
                        .setConsumerGroup("g")
                        .addPositions(at(0, 0))
                        .build()));
    for (Map.Entry<PartitionOffset, String> wrong :
        Map.of(
                at(1, 0), "PARTITION_OUT_OF_RANGE",
                at(-1, 0), "PARTITION_OUT_OF_RANGE",
                at(0, 11), "OFFSET_OUT_OF_RANGE",
                at(0, -1), "OFFSET_OUT_OF_RANGE")
            .entrySet()) {
      failure(
          Code.OUT_OF_RANGE,
          wrong.getValue(),
          () ->
              client
                  .queue()
                  .commit(
                      CommitRequest.newBuilder()
                          .setTopic("orders")
                          .setConsumerGroup("g")
                          .addOffsets(wrong.getKey())
                          .build()));
      failure(
          Code.OUT_OF_RANGE,
          wrong.getValue(),
          () ->
              client
                  .queue()
                  .seek(
                      SeekRequest.newBuilder()
                          .setTopic("orders")
                          .setConsumerGroup("g")
                          .addPositions(wrong.getKey())
                          .build()));
    }
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () ->
            client
                .queue()
                .commit(
                    CommitRequest.newBuilder().setTopic("orders").setConsumerGroup("g").build()));
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () ->
            client
                .queue()
                .seek(
                    SeekRequest.newBuilder()
                        .setTopic("orders")
                        .setConsumerGroup("g")
                        .addPositions(at(0, 1))
                        .addPositions(at(0, 2))
                        .build()));
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () ->
            client
                .queue()
                .seek(SeekRequest.newBuilder().setTopic("orders").addPositions(at(0, 1)).build()));
  }
}
