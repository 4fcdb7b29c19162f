package io.prism.transact;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.transact.testing.Client.insert;
import static io.prism.transact.testing.Client.message;
import static io.prism.transact.testing.Client.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.TestTransaction;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.MailboxMessage;
import io.prism.transact.v1.MailboxWrite;
import io.prism.transact.v1.ProcessMailboxRequest;
import io.prism.transact.v1.ProcessMailboxResponse;
import io.prism.transact.v1.ReadMailboxRequest;
import io.prism.transact.v1.TransactionOptions.IsolationLevel;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MailboxTest {

  private final TransactFixture service = TransactFixture.shared();
  private final Client client = service.clientWith("create table items (id int primary key)");

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private ProcessMailboxResponse process(List<String> ids) {
    return client
        .stub()
        .processMailbox(ProcessMailboxRequest.newBuilder().addAllMessageIds(ids).build());
  }

  @Test
  void aMessageComesBackAsItWasWritten() {
    MailboxWrite sent =
        MailboxWrite.newBuilder()
            .setMailboxId("box: with spaces, ünïcode and : colons")
            .setMessage(ByteString.copyFrom(new byte[] {0, 1, -1}))
            .putMetadata("key", "välue")
            .putMetadata("", "\"quoted\" \\ {}, null")
            .setMessageType("order.created")
            .setPriority(7)
            .build();
    WriteResponse response = client.write(WriteRequest.newBuilder().setMailbox(sent).build());
    MailboxMessage read = client.read(sent.getMailboxId(), 0).getFirst();
    assertThat(read.getMessage()).isEqualTo(sent.getMessage());
    assertThat(read.getMetadataMap()).isEqualTo(sent.getMetadataMap());
    assertThat(read.getMessageType()).isEqualTo("order.created");
    assertThat(read.getMailboxId()).isEqualTo(sent.getMailboxId());
    assertThat(read.getMessageId()).isEqualTo(response.getMailboxResult().getMessageId());
    assertThat(read.getSequence()).isOne();
    assertThat(read.getProcessed()).isFalse();
    assertThat(read.hasProcessedAt()).isFalse();
    assertThat(read.getCreatedAt()).isEqualTo(response.getTimestamp());
    assertThat(
            service.query(
                client.namespace(),
                "select priority from prism_transact.mailbox_message where namespace = '"
                    + client.namespace()
                    + "'"))
        .containsExactly("7");
  }

  @Test
  void aMailboxThatWasNeverWrittenToIsEmpty() {
    assertThat(client.read("nothing", 0)).isEmpty();
  }

  @Test
  void sinceSequenceLimitAndUnprocessedOnlyNarrowWhatIsRead() {
    for (int i = 1; i <= 5; i++) {
      client.send("box", "m" + i);
    }
    assertThat(client.sequences("box", 3)).containsExactly(4L, 5L);
    process(List.of(client.read("box", 1).getFirst().getMessageId()));
    List<Long> read = new ArrayList<>();
    client
        .stub()
        .readMailbox(
            ReadMailboxRequest.newBuilder()
                .setMailboxId("box")
                .setUnprocessedOnly(true)
                .setLimit(3)
                .build())
        .forEachRemaining(message -> read.add(message.getSequence()));
    assertThat(read).containsExactly(1L, 3L, 4L);
    assertThat(
            client
                .stub()
                .readMailbox(
                    ReadMailboxRequest.newBuilder().setMailboxId("box").setLimit(0).build())
                .hasNext())
        .isFalse();
  }

  @Test
  void largeMessagesAreReadInPieces() {
    ByteString large = ByteString.copyFrom(new byte[700_000]);
    for (int i = 0; i < 6; i++) {
      client.write(
          WriteRequest.newBuilder()
              .setMailbox(MailboxWrite.newBuilder().setMailboxId("large").setMessage(large))
              .build());
    }
    List<MailboxMessage> read = client.read("large", 0);
    assertThat(read).extracting(MailboxMessage::getSequence).containsExactlyElementsOf(upTo(6));
    assertThat(read).allMatch(message -> message.getMessage().equals(large));
  }

  @Test
  void aSlowReaderHoldsNoConnection() {
    ByteString large = ByteString.copyFrom(new byte[1_000_000]);
    for (int i = 0; i < 12; i++) {
      client.write(
          WriteRequest.newBuilder()
              .setMailbox(MailboxWrite.newBuilder().setMailboxId("slow").setMessage(large))
              .build());
    }
    var messages =
        client.stub().readMailbox(ReadMailboxRequest.newBuilder().setMailboxId("slow").build());
    assertThat(messages.next().getSequence()).isOne();
    service.awaitNothingLeft();
    List<Long> rest = new ArrayList<>();
    messages.forEachRemaining(message -> rest.add(message.getSequence()));
    assertThat(rest).hasSize(11).endsWith(12L);
  }

  @Test
  void processingMarksOnceAndTheFirstTimeWins() {
    client.send("box", "one");
    client.send("box", "two");
    List<String> ids = client.read("box", 0).stream().map(MailboxMessage::getMessageId).toList();
    assertThat(process(List.of(ids.get(0))).getProcessedCount()).isOne();
    MailboxMessage first = client.read("box", 0).getFirst();
    assertThat(first.getProcessed()).isTrue();
    assertThat(process(ids).getProcessedCount()).isEqualTo(2);
    assertThat(process(ids).getFailedIdsList()).isEmpty();
    assertThat(client.read("box", 0).getFirst().getProcessedAt()).isEqualTo(first.getProcessedAt());
  }

  @Test
  void idsThatDoNotExistOrBelongToAnotherNamespaceAreInFailedIds() {
    client.send("box", "mine");
    Client other = service.clientWith();
    String theirs = other.send("box", "theirs").getMailboxResult().getMessageId();
    String mine = client.read("box", 0).getFirst().getMessageId();
    List<String> wrong =
        List.of(
            theirs,
            "",
            "box:1",
            "box:1:0000000000000000",
            mine + "x",
            mine.toUpperCase(java.util.Locale.ROOT),
            "x' or '1'='1:1:0000000000000000");
    List<String> all = new ArrayList<>(wrong);
    all.add(mine);
    ProcessMailboxResponse response = process(all);
    assertThat(response.getProcessedCount()).isOne();
    assertThat(response.getFailedIdsList()).containsExactlyElementsOf(wrong);
    assertThat(other.read("box", 0).getFirst().getProcessed()).isFalse();
  }

  @Test
  void aRequestHasOneToAThousandIds() {
    failsWith(CallReason.INVALID_ARGUMENT, () -> process(List.of()));
    failsWith(
        CallReason.LIMIT_EXCEEDED,
        () -> process(IntStream.range(0, 1001).mapToObj(i -> "box:" + i + ":0").toList()));
  }

  @Test
  void wrongMailboxesAndMessagesAreRefused() {
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.send("", "x"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.send("b".repeat(201), "x"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.send("nul\0", "x"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.read("", 0));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            client
                .stub()
                .readMailbox(ReadMailboxRequest.newBuilder().setMailboxId("b").setLimit(-1).build())
                .hasNext());
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            client.write(
                WriteRequest.newBuilder()
                    .setMailbox(message("b", "x").toBuilder().putMetadata("prism-x", "1"))
                    .build()));
    failsWith(
        CallReason.LIMIT_EXCEEDED,
        () ->
            client.write(
                WriteRequest.newBuilder()
                    .setMailbox(
                        MailboxWrite.newBuilder()
                            .setMailboxId("b")
                            .setMessage(ByteString.copyFrom(new byte[4 * 1024 * 1024 + 1])))
                    .build()));
  }

  @ParameterizedTest
  @EnumSource(
      value = IsolationLevel.class,
      names = {"UNRECOGNIZED", "ISOLATION_LEVEL_UNSPECIFIED"},
      mode = EnumSource.Mode.EXCLUDE)
  void noMessageIsSkippedOrOutOfOrderWhenAWriterStallsBeforeItsCommit(IsolationLevel isolation)
      throws Exception {
    client.send("box", "before");
    try (TestTransaction stalled = TestTransaction.begin(client, isolation)) {
      assertThat(stalled.write(message("box", "stalled")).getMailboxResult().getSequence())
          .isEqualTo(2);
      ListenableFuture<WriteResponse> later =
          client
              .future()
              .write(
                  request(insert("items", "id", 1), isolation).toBuilder()
                      .setMailbox(message("box", "later"))
                      .build());
      Await.until("the other writer waits for the mailbox", () -> service.waiting() == 1);
      // A reader now must not see the later message, or it would never ask for the stalled one.
      assertThat(client.sequences("box", 1)).isEmpty();
      stalled.commit();
      assertThat(later.get().getMailboxResult().getSequence()).isEqualTo(3);
    }
    assertThat(client.sequences("box", 1)).containsExactly(2L, 3L);
  }

  @Test
  void aTransactionThatRollsBackLeavesNoGap() {
    client.send("box", "one");
    try (TestTransaction transaction = TestTransaction.begin(client)) {
      assertThat(transaction.write(message("box", "a")).getMailboxResult().getSequence())
          .isEqualTo(2);
      assertThat(transaction.write(message("box", "b")).getMailboxResult().getSequence())
          .isEqualTo(3);
      assertThat(transaction.write(message("other", "c")).getMailboxResult().getSequence()).isOne();
      transaction.rollback();
    }
    assertThat(client.send("box", "two").getMailboxResult().getSequence()).isEqualTo(2);
    assertThat(client.sequences("box", 0)).containsExactly(1L, 2L);
    assertThat(client.sequences("other", 0)).isEmpty();
  }

  @Test
  void fiftyWritersMakeASequenceWithoutGapInTheOrderOfCommitsForAReaderThatPolls()
      throws Exception {
    int writers = 50;
    int each = 20;
    List<Long> seen = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long begin = System.nanoTime();
      List<Future<?>> writing =
          IntStream.range(0, writers)
              .<Future<?>>mapToObj(w -> threads.submit(() -> write(w, each)))
              .toList();
      while (seen.size() < writers * each) {
        List<Long> next = client.sequences("busy", seen.isEmpty() ? 0 : seen.getLast());
        seen.addAll(next);
        if (next.isEmpty() && writing.stream().allMatch(Future::isDone)) {
          for (Future<?> writer : writing) {
            writer.get();
          }
        }
      }
      System.out.printf(
          "%d writers, %d messages with rows: %d/s%n",
          writers,
          writers * each,
          Math.round(writers * each / ((System.nanoTime() - begin) / 1e9)));
    }
    assertThat(seen).containsExactlyElementsOf(upTo((long) writers * each));
    assertThat(service.query(client.namespace(), "select count(*) from items"))
        .containsExactly(Integer.toString(writers * each));
    service.awaitNothingLeft();
  }

  private void write(int writer, int count) {
    IsolationLevel isolation = IsolationLevel.forNumber(writer % 3 + 1);
    for (int i = 0; i < count; i++) {
      client.write(
          request(insert("items", "id", writer * 1000 + i), isolation).toBuilder()
              .setMailbox(message("busy", writer + ":" + i))
              .build());
    }
  }

  @Test
  void serializableWritersOfManyMailboxesDoNotCollide() throws Exception {
    double before = service.meters().counter("prism.transact.retries").count();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writing =
          IntStream.range(0, 20)
              .<Future<?>>mapToObj(
                  w ->
                      threads.submit(
                          () -> {
                            for (int i = 0; i < 20; i++) {
                              client.write(
                                  request(insert("items", "id", w * 1000 + i)).toBuilder()
                                      .setMailbox(message("box-" + w, "m" + i))
                                      .build());
                            }
                          }))
              .toList();
      for (Future<?> writer : writing) {
        writer.get();
      }
    }
    for (int w = 0; w < 20; w++) {
      assertThat(client.sequences("box-" + w, 0)).containsExactlyElementsOf(upTo(20));
    }
    assertThat(service.meters().counter("prism.transact.retries").count()).isEqualTo(before);
  }
}
