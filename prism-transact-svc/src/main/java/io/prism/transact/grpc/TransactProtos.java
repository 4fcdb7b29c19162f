package io.prism.transact.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.Value;
import io.prism.starter.call.Deadlines;
import io.prism.starter.error.PrismException;
import io.prism.transact.domain.DataResult;
import io.prism.transact.domain.DataWrite;
import io.prism.transact.domain.Idempotency;
import io.prism.transact.domain.Isolation;
import io.prism.transact.domain.MailboxWrite;
import io.prism.transact.domain.MessageId;
import io.prism.transact.domain.StoredMessage;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.domain.TransactionSettings;
import io.prism.transact.domain.WriteCommand;
import io.prism.transact.domain.WriteMode;
import io.prism.transact.domain.WriteResult;
import io.prism.transact.domain.WriteRules;
import io.prism.transact.v1.DataWriteResult;
import io.prism.transact.v1.MailboxMessage;
import io.prism.transact.v1.MailboxWriteResult;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Between the messages of the wire and the domain. */
final class TransactProtos {

  private TransactProtos() {}

  static WriteCommand<Value> command(String namespace, WriteRequest request) {
    return new WriteCommand<>(
        namespace,
        request.hasData() ? data(request.getData()) : null,
        request.hasMailbox() ? mailbox(request.getMailbox()) : null);
  }

  private static DataWrite<Value> data(io.prism.transact.v1.DataWrite data) {
    return new DataWrite<>(
        data.getTable(),
        mode(data),
        data.getRecordMap(),
        data.hasIdField() ? data.getIdField() : null,
        data.hasExpectedVersion() ? data.getExpectedVersion() : null);
  }

  private static WriteMode mode(io.prism.transact.v1.DataWrite data) {
    return switch (data.getMode()) {
      case WRITE_MODE_INSERT -> WriteMode.INSERT;
      case WRITE_MODE_UPDATE -> WriteMode.UPDATE;
      case WRITE_MODE_UPSERT -> WriteMode.UPSERT;
      case WRITE_MODE_DELETE -> WriteMode.DELETE;
      case WRITE_MODE_UNSPECIFIED ->
          throw PrismException.invalid(
              "data.mode", "not set (expected: INSERT, UPDATE, UPSERT or DELETE)");
      case UNRECOGNIZED ->
          throw PrismException.invalid(
              "data.mode", data.getModeValue() + " (expected: a value of WriteMode)");
    };
  }

  private static MailboxWrite mailbox(io.prism.transact.v1.MailboxWrite mailbox) {
    return new MailboxWrite(
        mailbox.getMailboxId(),
        mailbox.getMessage().toByteArray(),
        mailbox.getMetadataMap(),
        mailbox.hasMessageType() ? mailbox.getMessageType() : null,
        mailbox.hasPriority() ? mailbox.getPriority() : null);
  }

  /** How a transaction is to run; its time begins now. */
  static TransactionSettings settings(String path, TransactionOptions options, WriteRules rules) {
    return new TransactionSettings(
        isolation(path, options),
        TimeLimit.of(
            Deadlines.remaining(rules.timeout(path + "timeout_ms", options.getTimeoutMs()))));
  }

  private static Isolation isolation(String path, TransactionOptions options) {
    return switch (options.getIsolation()) {
      case ISOLATION_LEVEL_READ_COMMITTED -> Isolation.READ_COMMITTED;
      case ISOLATION_LEVEL_REPEATABLE_READ -> Isolation.REPEATABLE_READ;
      case ISOLATION_LEVEL_SERIALIZABLE, ISOLATION_LEVEL_UNSPECIFIED -> Isolation.SERIALIZABLE;
      case UNRECOGNIZED ->
          throw PrismException.invalid(
              path + "isolation",
              options.getIsolationValue() + " (expected: a value of IsolationLevel)");
    };
  }

  /** What makes a Write safe to repeat; null when it is not to be. */
  static @Nullable Idempotency idempotency(WriteRequest request) {
    TransactionOptions options = request.getOptions();
    if (!options.getIdempotent()) {
      return null;
    }
    if (options.getIdempotencyKey().isEmpty()) {
      throw PrismException.invalid(
          "options.idempotency_key", "not set (expected with idempotent: a key)");
    }
    WriteRules.checkKey("options.idempotency_key", options.getIdempotencyKey());
    return new Idempotency(options.getIdempotencyKey(), fingerprint(request));
  }

  /** Of what is written, and not of how: a repeat may have another token, and more time. */
  private static byte[] fingerprint(WriteRequest request) {
    WriteRequest written = request.toBuilder().clearSessionToken().clearOptions().build();
    byte[] bytes = new byte[written.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    // Maps have no order on the wire.
    out.useDeterministicSerialization();
    try {
      written.writeTo(out);
      out.checkNoSpaceLeft();
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (IOException e) {
      throw new IllegalStateException("writing into memory failed", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  static WriteResponse response(WriteResult<Value> result, boolean committed) {
    WriteResponse.Builder response =
        WriteResponse.newBuilder()
            .setTransactionId(result.transactionId())
            .setCommitted(committed)
            .setTimestamp(timestamp(result.at()));
    DataResult<Value> data = result.data();
    if (data != null) {
      response.setDataResult(
          DataWriteResult.newBuilder()
              .setRowsAffected(data.rows())
              .putAllGeneratedValues(data.generated()));
    }
    MessageId message = result.message();
    if (message != null) {
      response.setMailboxResult(
          MailboxWriteResult.newBuilder()
              .setMessageId(message.toString())
              .setSequence(message.sequence()));
    }
    return response.build();
  }

  static WriteResult<Value> result(WriteResponse response) {
    return new WriteResult<>(
        response.getTransactionId(),
        Instant.ofEpochSecond(
            response.getTimestamp().getSeconds(), response.getTimestamp().getNanos()),
        response.hasDataResult()
            ? new DataResult<>(
                response.getDataResult().getRowsAffected(),
                response.getDataResult().getGeneratedValuesMap())
            : null,
        response.hasMailboxResult()
            ? MessageId.parse(response.getMailboxResult().getMessageId()).orElseThrow()
            : null);
  }

  static MailboxMessage message(StoredMessage stored) {
    MailboxMessage.Builder message =
        MailboxMessage.newBuilder()
            .setMessageId(stored.id().toString())
            .setMailboxId(stored.id().mailbox())
            .setSequence(stored.id().sequence())
            .setMessage(bytes(stored.message()))
            .putAllMetadata(stored.metadata())
            .setCreatedAt(timestamp(stored.createdAt()));
    String type = stored.messageType();
    if (type != null) {
      message.setMessageType(type);
    }
    Instant processedAt = stored.processedAt();
    if (processedAt != null) {
      message.setProcessed(true).setProcessedAt(timestamp(processedAt));
    }
    return message.build();
  }

  private static ByteString bytes(byte[] message) {
    return UnsafeByteOperations.unsafeWrap(message);
  }

  static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }
}
