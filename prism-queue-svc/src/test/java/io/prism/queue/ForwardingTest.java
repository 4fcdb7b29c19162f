package io.prism.queue;

import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.MutePeer;
import io.prism.queue.testing.QueueDeployment;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.AcknowledgeResponse;
import io.prism.queue.v1.CommitRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.ModifyAckDeadlineRequest;
import io.prism.queue.v1.ModifyAckDeadlineResponse;
import io.prism.queue.v1.PartitionOffset;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.SeekRequest;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.auth.Session;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Unary calls at a replica that does not have the stream. */
final class ForwardingTest {

  private static final int HERE = 0;
  private static final int THERE = 1;
  private static final int ELSEWHERE = 2;
  private static final int ANOTHER = 3;

  private static final QueueDeployment deployment =
      new QueueDeployment(
          4,
          "prism.peer.time-limit=500ms",
          "prism.peer.forget-after=1s",
          "prism.queue.subscription.settle-time=20s");

  private final String namespace = QueueFixture.newNamespace();
  private final Session session = deployment.session(namespace, 1);
  private final Client here = deployment.client(HERE, session);
  private final Client there = deployment.client(THERE, session);
  private final Client elsewhere = deployment.client(ELSEWHERE, session);

  @BeforeAll
  static void start() {
    IntStream.of(HERE, THERE, ELSEWHERE).forEach(deployment::start);
    deployment.awaitKnown(2);
  }

  @AfterAll
  static void stop() {
    deployment.close();
  }

  private static SubscribeRequest.Builder group(String name) {
    return SubscribeRequest.newBuilder().setTopic("orders").setConsumerGroup(name);
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      here.queue()
          .publish(
              PublishRequest.newBuilder()
                  .setTopic("orders")
                  .setPayload(ByteString.copyFromUtf8("m" + i))
                  .build());
    }
  }

  private static AcknowledgeResponse acknowledge(Client client, List<Message> messages) {
    return client
        .queue()
        .acknowledge(
            AcknowledgeRequest.newBuilder()
                .addAllMessageIds(messages.stream().map(Message::getMessageId).toList())
                .build());
  }

  private static ModifyAckDeadlineResponse modify(Client client, Message message, Duration time) {
    return client
        .queue()
        .modifyAckDeadline(
            ModifyAckDeadlineRequest.newBuilder()
                .addMessageIds(message.getMessageId())
                .setAckDeadline(Durations.fromMillis(time.toMillis()))
                .build());
  }

  private static PartitionOffset at(int partition, long offset) {
    return PartitionOffset.newBuilder().setPartition(partition).setOffset(offset).build();
  }

  private static SeekRequest.Builder seek(String group) {
    return SeekRequest.newBuilder().setTopic("orders").setConsumerGroup(group);
  }

  private static CommitRequest.Builder commit(String group) {
    return CommitRequest.newBuilder().setTopic("orders").setConsumerGroup(group);
  }

  private Map<Integer, Long> committed(String group) {
    return KafkaFixture.committed(namespace + "." + group, namespace + ".orders");
  }

  private void awaitCommitted(String group, long offset) {
    Await.until("commit", () -> Map.of(0, offset).equals(committed(group)));
  }

  @Test
  void acknowledgeReachesTheStream() {
    publish(10);
    try (TestStream stream = TestStream.open(there, group("g").build())) {
      List<Message> messages = List.copyOf(stream.await(10));
      AcknowledgeResponse answer = acknowledge(here, messages.subList(0, 7));
      assertThat(answer.getAcknowledgedCount()).isEqualTo(7);
      assertThat(answer.getFailedIdsList()).isEmpty();
      awaitCommitted("g", 7);
      AcknowledgeResponse all = acknowledge(elsewhere, messages);
      assertThat(all.getAcknowledgedCount()).isEqualTo(3);
      assertThat(all.getFailedIdsList())
          .as("not outstanding any more")
          .containsExactlyElementsOf(
              messages.subList(0, 7).stream().map(Message::getMessageId).toList());
      awaitCommitted("g", 10);
    }
  }

  @Test
  void acknowledgeRightAfterTheFirstDeliveryReachesTheStream() {
    publish(1);
    for (int i = 0; i < 10; i++) {
      Session fresh = deployment.session(namespace, 1);
      try (TestStream stream =
          TestStream.open(deployment.client(THERE, fresh), group("g" + i).build())) {
        assertThat(acknowledge(deployment.client(HERE, fresh), stream.await(1)).getFailedIdsList())
            .isEmpty();
      }
    }
  }

  @Test
  void modifyAckDeadlineReachesTheStream() {
    publish(3);
    try (TestStream stream =
        TestStream.open(there, group("g").setTimeout(Durations.fromMillis(1500)).build())) {
      List<Message> messages = List.copyOf(stream.await(3));
      assertThat(modify(here, messages.get(0), Duration.ofMinutes(1)).getModifiedCount())
          .isEqualTo(1);
      assertThat(modify(elsewhere, messages.get(1), Duration.ZERO).getModifiedCount())
          .as("a nack")
          .isEqualTo(1);
      Message again = stream.await(4).get(3);
      assertThat(again.getMessageId()).isEqualTo(messages.get(1).getMessageId());
      assertThat(again.getAttempt()).isEqualTo(2);
      acknowledge(here, List.of(again));
      Await.until(
          "the third, overdue for the second time",
          () -> stream.messages().getLast().getAttempt() == 3);
      assertThat(stream.messages())
          .filteredOn(message -> message.getOffset() == 0)
          .as("the first has got more time")
          .hasSize(1);
    }
  }

  @Test
  void twoGroupsOfASessionAtDifferentReplicasAreBothAcknowledged() {
    publish(4);
    try (TestStream one = TestStream.open(here, group("one").build());
        TestStream two = TestStream.open(there, group("two").build())) {
      List<Message> messages = List.copyOf(one.await(4));
      two.await(4);
      AcknowledgeResponse answer = acknowledge(elsewhere, messages.subList(0, 2));
      assertThat(answer.getAcknowledgedCount()).as("ids, not deliveries").isEqualTo(2);
      acknowledge(here, messages.subList(2, 3));
      acknowledge(there, messages.subList(3, 4));
      awaitCommitted("one", 4);
      awaitCommitted("two", 4);
    }
  }

  @Test
  void whatIsNotTheSessionsIsInFailedIdsAndStaysOutstanding() {
    publish(1);
    try (TestStream stream = TestStream.open(there, group("g").build())) {
      List<Message> messages = List.copyOf(stream.await(1));
      List<Message> unknown =
          List.of(
              Message.newBuilder().setMessageId("orders:0:17").build(),
              Message.newBuilder().setMessageId("orders:9:0").build(),
              Message.newBuilder().setMessageId("others:0:0").build());
      assertThat(acknowledge(here, unknown).getFailedIdsList()).hasSize(3);
      Client other = deployment.client(HERE, deployment.session(namespace, 1));
      assertThat(acknowledge(other, messages).getFailedIdsList())
          .as("of another session")
          .hasSize(1);
      Session foreign = deployment.session(QueueFixture.newNamespace(), 1);
      try (TestStream same =
          TestStream.open(deployment.client(ELSEWHERE, foreign), group("g").build())) {
        assertThat(same.isClosed()).isFalse();
        assertThat(acknowledge(deployment.client(HERE, foreign), messages).getFailedIdsList())
            .as("of another namespace")
            .hasSize(1);
      }
      assertThat(acknowledge(here, messages).getAcknowledgedCount()).isEqualTo(1);
    }
  }

  @Test
  void commitReachesTheStream() {
    publish(10);
    try (TestStream stream = TestStream.open(there, group("g").setMaxMessages(4).build())) {
      stream.await(4);
      assertThat(here.queue().commit(commit("g").addOffsets(at(0, 3)).build()).getCommittedList())
          .containsExactly(at(0, 3));
      assertThat(committed("g")).as("when it is answered").containsEntry(0, 3L);
      stream.await(7);
      assertThat(
              elsewhere.queue().commit(commit("g").addOffsets(at(0, 1)).build()).getCommittedList())
          .as("never back")
          .containsExactly(at(0, 3));
    }
  }

  @Test
  void seekReachesTheStreamForwardsAndBack() {
    publish(10);
    try (TestStream stream = TestStream.open(there, group("g").setMaxMessages(5).build())) {
      stream.await(5);
      here.queue().seek(seek("g").addPositions(at(0, 8)).build());
      assertThat(stream.await(7).subList(5, 7)).extracting(Message::getOffset).contains(8L, 9L);
      elsewhere.queue().seek(seek("g").addPositions(at(0, 1)).build());
      assertThat(stream.await(12).subList(7, 12))
          .extracting(Message::getOffset)
          .containsExactly(1L, 2L, 3L, 4L, 5L);
    }
  }

  @Test
  void commitAndSeekReachAGroupThatIsSpreadOverAllReplicas() {
    Session wide = deployment.session(namespace, 6);
    List<Client> clients =
        IntStream.of(HERE, THERE, ELSEWHERE)
            .mapToObj(replica -> deployment.client(replica, wide))
            .toList();
    List<TestStream> streams = new ArrayList<>();
    try {
      clients.forEach(client -> streams.add(TestStream.open(client, group("g").build())));
      for (int i = 0; i < 60; i++) {
        clients
            .get(i % 3)
            .queue()
            .publish(
                PublishRequest.newBuilder()
                    .setTopic("orders")
                    .setPartition(i % 6)
                    .setPayload(ByteString.copyFromUtf8("m" + i))
                    .build());
      }
      Await.until("all, by each stream some", () -> distinct(streams) == 60 && allTake(streams));
      CommitRequest.Builder commit = commit("g");
      SeekRequest.Builder seek = seek("g");
      for (int partition = 0; partition < 6; partition++) {
        commit.addOffsets(at(partition, 10));
        seek.addPositions(at(partition, 4));
      }
      assertThat(clients.get(HERE).queue().commit(commit.build()).getCommittedList())
          .hasSize(6)
          .allMatch(committed -> committed.getOffset() == 10);
      int before = streams.stream().mapToInt(stream -> stream.messages().size()).sum();
      clients.get(ELSEWHERE).queue().seek(seek.build());
      Await.until(
          "the last six of each partition again",
          () ->
              streams.stream().mapToInt(stream -> stream.messages().size()).sum()
                  == before + 6 * 6);
    } finally {
      streams.forEach(TestStream::close);
    }
  }

  private static long distinct(List<TestStream> streams) {
    return streams.stream()
        .flatMap(stream -> stream.messages().stream())
        .map(Message::getMessageId)
        .distinct()
        .count();
  }

  private static boolean allTake(List<TestStream> streams) {
    return streams.stream().noneMatch(stream -> stream.messages().isEmpty());
  }

  @Test
  void aForwardedCallCountsOnceForItsSession() {
    publish(1);
    try (TestStream stream = TestStream.open(there, group("g").build())) {
      acknowledge(here, stream.await(1));
      acknowledge(elsewhere, stream.messages());
      Await.until(
          "one publish, one stream, two acknowledgements",
          () -> deployment.feed().requestsOf(session.id()) == 4);
    }
    assertThat(deployment.feed().reports().getFirst().getServicesList())
        .as("clients are not told of what is not for them")
        .containsExactly("prism.queue.v1.QueueService");
  }

  @Test
  void aHolderThatDoesNotAnswerMakesAcknowledgeUnavailableAndNotALie() {
    publish(2);
    try (TestStream stream = TestStream.open(there, group("g").build());
        MutePeer mute = MutePeer.start(deployment, ANOTHER, session)) {
      deployment.awaitKnown(3);
      List<Message> messages = List.copyOf(stream.await(2));
      assertThat(acknowledge(here, messages.subList(0, 1)).getAcknowledgedCount())
          .as("nothing is left over")
          .isEqualTo(1);
      Status status =
          failure(Code.UNAVAILABLE, "PEER_UNAVAILABLE", () -> acknowledge(here, messages));
      assertThat(detail(status, RetryInfo.class)).isPresent();
      assertThat(detail(status, ErrorInfo.class).map(ErrorInfo::getMetadataMap))
          .contains(Map.of("changed", "1", "unresolved", "1"));
      awaitCommitted("g", 2);
      failure(
          Code.UNAVAILABLE,
          "PEER_UNAVAILABLE",
          () -> modify(elsewhere, messages.getFirst(), Duration.ZERO));
      Client other = deployment.client(HERE, deployment.session(namespace, 1));
      assertThat(acknowledge(other, messages).getFailedIdsList())
          .as("it holds nothing of another session")
          .hasSize(2);
      mute.goAway();
      Await.until("failed_ids, when it is forgotten", () -> areAllFailed(messages));
    }
  }

  private boolean areAllFailed(List<Message> messages) {
    try {
      return acknowledge(here, messages).getFailedIdsCount() == messages.size();
    } catch (StatusRuntimeException e) {
      checked(Code.UNAVAILABLE, "PEER_UNAVAILABLE", e);
      return false;
    }
  }

  @Test
  void aDrainingReplicaTakesForwardedAcknowledgementsBeforeItEndsItsStreams() {
    deployment.start(ANOTHER);
    deployment.awaitKnown(3);
    publish(5);
    Client draining = deployment.client(ANOTHER, session);
    try (TestStream stream = TestStream.open(draining, group("g").build())) {
      List<Message> messages = List.copyOf(stream.await(5));
      CompletableFuture<Void> stopping =
          CompletableFuture.runAsync(() -> deployment.stop(ANOTHER), Thread::startVirtualThread);
      Await.until(
          "it takes no new streams",
          () -> {
            try (TestStream late = TestStream.open(draining, group("late").build())) {
              return late.isClosed();
            }
          });
      assertThat(stream.isClosed()).as("while messages are outstanding").isFalse();
      assertThat(acknowledge(here, messages).getAcknowledgedCount()).isEqualTo(5);
      checked(Code.UNAVAILABLE, "DRAINING", stream.failure());
      stopping.join();
      assertThat(committed("g")).containsEntry(0, 5L);
      assertThat(acknowledge(here, messages).getFailedIdsList())
          .as("no longer outstanding, and nobody is missed")
          .hasSize(5);
    }
  }
}
