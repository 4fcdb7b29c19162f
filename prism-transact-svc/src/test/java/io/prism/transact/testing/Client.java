package io.prism.transact.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.DataWrite.WriteMode;
import io.prism.transact.v1.MailboxMessage;
import io.prism.transact.v1.MailboxWrite;
import io.prism.transact.v1.ReadMailboxRequest;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.TransactServiceGrpc.TransactServiceBlockingStub;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's connection, in the session of a namespace. */
public record Client(String namespace, String token, ManagedChannel channel) {

  public TransactServiceBlockingStub stub() {
    return TransactServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  public TransactServiceGrpc.TransactServiceStub async() {
    return TransactServiceGrpc.newStub(channel);
  }

  public TransactServiceGrpc.TransactServiceFutureStub future() {
    return TransactServiceGrpc.newFutureStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  public WriteResponse write(WriteRequest request) {
    return stub().write(request);
  }

  public WriteResponse write(DataWrite.Builder data) {
    return write(request(data));
  }

  public WriteResponse send(String mailbox, String text) {
    return write(WriteRequest.newBuilder().setMailbox(message(mailbox, text)).build());
  }

  /** All messages of a mailbox after a sequence. */
  public List<MailboxMessage> read(String mailbox, long since) {
    List<MailboxMessage> messages = new ArrayList<>();
    stub()
        .readMailbox(
            ReadMailboxRequest.newBuilder().setMailboxId(mailbox).setSinceSequence(since).build())
        .forEachRemaining(messages::add);
    return messages;
  }

  public List<Long> sequences(String mailbox, long since) {
    return read(mailbox, since).stream().map(MailboxMessage::getSequence).toList();
  }

  public static WriteRequest request(DataWrite.Builder data) {
    return WriteRequest.newBuilder().setData(data).build();
  }

  public static WriteRequest request(
      DataWrite.Builder data, TransactionOptions.IsolationLevel isolation) {
    return WriteRequest.newBuilder()
        .setData(data)
        .setOptions(TransactionOptions.newBuilder().setIsolation(isolation))
        .build();
  }

  public static TransactionOptions.Builder key(String key) {
    return TransactionOptions.newBuilder().setIdempotent(true).setIdempotencyKey(key);
  }

  public static MailboxWrite message(String mailbox, String text) {
    return MailboxWrite.newBuilder()
        .setMailboxId(mailbox)
        .setMessage(ByteString.copyFromUtf8(text))
        .build();
  }

  /** A write of columns and values in turn. */
  public static DataWrite.Builder data(WriteMode mode, String table, @Nullable Object... record) {
    DataWrite.Builder data = DataWrite.newBuilder().setTable(table).setMode(mode);
    for (int i = 0; i < record.length; i += 2) {
      data.putRecord(String.valueOf(record[i]), value(record[i + 1]));
    }
    return data;
  }

  public static DataWrite.Builder insert(String table, @Nullable Object... record) {
    return data(WriteMode.WRITE_MODE_INSERT, table, record);
  }

  public static DataWrite.Builder update(String table, @Nullable Object... record) {
    return data(WriteMode.WRITE_MODE_UPDATE, table, record);
  }

  public static DataWrite.Builder upsert(String table, @Nullable Object... record) {
    return data(WriteMode.WRITE_MODE_UPSERT, table, record);
  }

  public static DataWrite.Builder delete(String table, @Nullable Object... record) {
    return data(WriteMode.WRITE_MODE_DELETE, table, record);
  }

  public static Value value(@Nullable Object value) {
    return switch (value) {
      case null -> Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
      case Value known -> known;
      case Number number -> Value.newBuilder().setNumberValue(number.doubleValue()).build();
      case Boolean flag -> Value.newBuilder().setBoolValue(flag).build();
      default -> Value.newBuilder().setStringValue(value.toString()).build();
    };
  }
}
