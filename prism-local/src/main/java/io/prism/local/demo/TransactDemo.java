package io.prism.local.demo;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.MailboxMessage;
import io.prism.transact.v1.MailboxWrite;
import io.prism.transact.v1.ProcessMailboxRequest;
import io.prism.transact.v1.ProcessMailboxResponse;
import io.prism.transact.v1.ReadMailboxRequest;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * RFC-002 §6.4: an order and its event in one transaction, the event on its way to a topic, and
 * several orders in one transaction on a stream.
 */
final class TransactDemo {

  private static final String MAILBOX = "order-events";

  private final ManagedChannel channel;
  private final Narrator narrator;
  private final String token;
  private final TransactServiceGrpc.TransactServiceBlockingStub transact;

  TransactDemo(ManagedChannel channel, Narrator narrator, String token) {
    this.channel = channel;
    this.narrator = narrator;
    this.token = token;
    this.transact =
        TransactServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  void run() throws InterruptedException {
    narrator.title("Transact (RFC-002 §6.4)");
    String order = newId();
    try (Subscription<Message> topic =
        Subscription.open(channel, QueueServiceGrpc.getSubscribeMethod(), latestOf(MAILBOX))) {
      WriteResponse written = write(order);
      process(written.getMailboxResult().getSequence());
      published(topic, order);
    }
    several();
  }

  private WriteResponse write(String order) {
    WriteRequest request =
        WriteRequest.newBuilder()
            .setSessionToken(token)
            .setData(insert(order))
            .setMailbox(
                MailboxWrite.newBuilder()
                    .setMailboxId(MAILBOX)
                    .setMessage(ByteString.copyFromUtf8("{\"order\":\"" + order + "\"}"))
                    .putMetadata("source", "demo")
                    .setMessageType("order.created"))
            .setOptions(
                TransactionOptions.newBuilder()
                    .setIsolation(TransactionOptions.IsolationLevel.ISOLATION_LEVEL_SERIALIZABLE)
                    .setIdempotent(true)
                    .setIdempotencyKey(order))
            .build();
    WriteResponse written = transact.write(request);
    narrator.step(
        "Write",
        "transaction %s committed: order %s, and message %d of mailbox %s"
            .formatted(
                written.getTransactionId(),
                order,
                written.getMailboxResult().getSequence(),
                MAILBOX));
    if (!transact.write(request).equals(written)) {
      throw new UnexpectedOutcome("the same write again had another answer");
    }
    narrator.step("Write", "the same again: the same answer, nothing is written twice");
    return written;
  }

  private void process(long sequence) {
    Iterator<MailboxMessage> messages =
        transact.readMailbox(
            ReadMailboxRequest.newBuilder()
                .setSessionToken(token)
                .setMailboxId(MAILBOX)
                .setSinceSequence(sequence - 1)
                .build());
    MailboxMessage message = messages.next();
    narrator.step(
        "ReadMailbox",
        "message %d, %s: %s"
            .formatted(
                message.getSequence(),
                message.getMessageType(),
                message.getMessage().toStringUtf8()));
    ProcessMailboxResponse processed =
        transact.processMailbox(
            ProcessMailboxRequest.newBuilder()
                .setSessionToken(token)
                .addMessageIds(message.getMessageId())
                .build());
    if (processed.getProcessedCount() != 1) {
      throw new UnexpectedOutcome("could not mark " + message.getMessageId());
    }
    narrator.step("ProcessMailbox", "message %d is processed".formatted(message.getSequence()));
  }

  private void published(Subscription<Message> topic, String order) throws InterruptedException {
    Message message = topic.next();
    if (!message.getPayload().toStringUtf8().contains(order)) {
      throw new UnexpectedOutcome("the topic has " + message.getPayload().toStringUtf8());
    }
    narrator.step(
        "Subscribe",
        "the outbox has published it as %s, sequence %s"
            .formatted(
                message.getMessageId(), message.getHeadersOrThrow("prism-mailbox-sequence")));
  }

  private void several() throws InterruptedException {
    try (TransactionStream transaction = TransactionStream.open(channel, token)) {
      String id = transaction.begin();
      for (int i = 0; i < 3; i++) {
        transaction.write(WriteRequest.newBuilder().setData(insert(newId())).build());
      }
      int writes = transaction.commit();
      narrator.step(
          "Transaction", "%s committed on a stream, with %d writes".formatted(id, writes));
    }
  }

  private SubscribeRequest latestOf(String topic) {
    return SubscribeRequest.newBuilder()
        .setSessionToken(token)
        .setTopic(topic)
        .setPosition(StartPosition.START_POSITION_LATEST)
        .build();
  }

  private static String newId() {
    return "order-" + UUID.randomUUID();
  }

  private static DataWrite insert(String order) {
    return DataWrite.newBuilder()
        .setTable("orders")
        .setMode(DataWrite.WriteMode.WRITE_MODE_INSERT)
        .putRecord("id", Value.newBuilder().setStringValue(order).build())
        .putRecord("user_id", Value.newBuilder().setNumberValue(42).build())
        .putRecord("product_id", Value.newBuilder().setNumberValue(7).build())
        .putRecord("quantity", Value.newBuilder().setNumberValue(2).build())
        .putRecord("total", Value.newBuilder().setStringValue("39.98").build())
        .build();
  }
}
