package io.prism.transact.grpc;

import com.google.protobuf.Value;
import io.grpc.stub.StreamObserver;
import io.prism.starter.call.OutboundStream;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.transact.domain.OpenTransaction;
import io.prism.transact.domain.StreamedTransaction;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.domain.WriteCommand;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.RollbackTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactionCommitted;
import io.prism.transact.v1.TransactionError;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.TransactionRolledBack;
import io.prism.transact.v1.TransactionStarted;
import io.prism.transact.v1.WriteRequest;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One Transaction: takes a request only when the one before is answered and the answer has gone
 * out. However the stream ends, the transaction ends with it.
 */
final class TransactionCall implements StreamObserver<TransactRequest>, OutboundStream.Events {

  private static final String ABANDONED = "the client ended the stream without a commit";

  private final TransactionCalls calls;
  private final String namespace;
  private final StreamedTransaction<Value> transaction;
  private final OutboundStream<TransactResponse> stream;
  private final Runnable request;

  /** Steps take turns with the timer and the end of the stream. */
  private final ReentrantLock turn = new ReentrantLock();

  private @Nullable String token = CallToken.current();
  private @Nullable ScheduledFuture<?> silence;
  private int round;
  private boolean requestsWhenReady;
  private boolean over;

  TransactionCall(
      TransactionCalls calls,
      String namespace,
      StreamedTransaction<Value> transaction,
      OutboundStream<TransactResponse> stream,
      Runnable request) {
    this.calls = calls;
    this.namespace = namespace;
    this.transaction = transaction;
    this.stream = stream;
    this.request = request;
  }

  @Override
  public void onNext(TransactRequest step) {
    turn.lock();
    try {
      if (over) {
        return;
      }
      stopTimer();
      take(step);
      if (!over) {
        startTimer();
        requestsWhenReady = true;
        requestIfReady();
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void onReady() {
    turn.lock();
    try {
      requestIfReady();
    } finally {
      turn.unlock();
    }
  }

  /** Who does not read the answers cannot send more: what waits for him is bounded. */
  private void requestIfReady() {
    if (requestsWhenReady && !over && stream.isReady()) {
      requestsWhenReady = false;
      request.run();
    }
  }

  private void take(TransactRequest step) {
    switch (step.getRequestCase()) {
      case BEGIN -> begin(step.getBegin());
      case WRITE -> write(step.getWrite());
      case COMMIT -> commit();
      case ROLLBACK -> rollback(step.getRollback());
      case REQUEST_NOT_SET ->
          failed(
              transaction.hasBegun()
                  ? PrismException.invalid(
                      "request", "not set (expected: write, commit or rollback)")
                  : notStarted());
    }
  }

  private void begin(BeginTransaction begin) {
    try {
      if (!begin.getSessionToken().isEmpty()) {
        token = begin.getSessionToken();
      }
      TransactionOptions options = begin.getOptions();
      if (options.getIdempotent() || !options.getIdempotencyKey().isEmpty()) {
        throw PrismException.invalid(
            "begin.options.idempotent", "in a Transaction (expected: in a Write only)");
      }
      OpenTransaction<Value> started =
          transaction.begin(TransactProtos.settings("begin.options.", options, calls.rules()));
      stream.send(
          TransactResponse.newBuilder()
              .setStarted(
                  TransactionStarted.newBuilder()
                      .setTransactionId(started.id())
                      .setStartedAt(TransactProtos.timestamp(started.startedAt())))
              .build());
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void write(WriteRequest write) {
    try {
      transaction.running();
      checkWrite(write);
      WriteCommand<Value> command = TransactProtos.command(namespace, write);
      calls.rules().check("", command);
      stream.send(
          TransactResponse.newBuilder()
              .setWriteResult(TransactProtos.response(transaction.write(command), false))
              .build());
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void checkWrite(WriteRequest write) {
    if (!write.getSessionToken().isEmpty() && !write.getSessionToken().equals(token)) {
      throw PrismException.of(
          CallReason.SESSION_TOKEN_CONFLICT,
          "the write carries another session token than the transaction");
    }
    if (write.hasOptions()) {
      throw PrismException.invalid(
          "write.options", "set (expected: only in begin, for the whole transaction)");
    }
  }

  private void commit() {
    try {
      transaction.commit();
      stream.send(
          TransactResponse.newBuilder()
              .setCommitted(
                  TransactionCommitted.newBuilder()
                      .setSuccess(true)
                      .setWriteCount(transaction.writes()))
              .build());
      end("committed", stream::complete);
    } catch (RuntimeException e) {
      if (transaction.hasBegun() && e instanceof PrismException known) {
        stream.send(error(known));
      }
      end("failed", () -> stream.fail(e));
    }
  }

  private void rollback(RollbackTransaction rollback) {
    if (!transaction.hasBegun()) {
      failed(notStarted());
      return;
    }
    transaction.end();
    stream.send(rolledBack(rollback.getReason()));
    end("rolled_back", stream::complete);
  }

  /** The client may go on to a rollback, unless there is nobody left to say what has failed. */
  private void failed(RuntimeException failure) {
    PrismException known = failure instanceof PrismException e ? e : null;
    if (known == null || !transaction.hasBegun() || endsStream(known)) {
      end("failed", () -> stream.fail(failure));
      return;
    }
    transaction.fail(known.reason().name());
    stream.send(error(known));
  }

  private static boolean endsStream(PrismException failure) {
    return switch (failure.reason().code()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN -> true;
      default -> false;
    };
  }

  private static PrismException notStarted() {
    return PrismException.of(
        TransactReason.TRANSACTION_NOT_STARTED, "the first request is no begin (expected: begin)");
  }

  private static TransactResponse error(PrismException failure) {
    return TransactResponse.newBuilder()
        .setError(
            TransactionError.newBuilder()
                .setCode(failure.reason().name())
                .setMessage(failure.description()))
        .build();
  }

  private static TransactResponse rolledBack(String reason) {
    return TransactResponse.newBuilder()
        .setRolledBack(TransactionRolledBack.newBuilder().setReason(reason))
        .build();
  }

  private void startTimer() {
    TimeLimit limit = transaction.limit();
    long nanos = calls.idleLimit().toNanos();
    if (limit != null) {
      nanos = Math.min(nanos, Math.max(0, limit.remaining().toNanos()));
    }
    int mine = round;
    // A rollback blocks, and the timer is for all.
    silence =
        calls
            .timer()
            .schedule(
                () -> Thread.startVirtualThread(() -> timeOut(mine)), nanos, TimeUnit.NANOSECONDS);
  }

  private void stopTimer() {
    round++;
    ScheduledFuture<?> running = silence;
    if (running != null) {
      silence = null;
      running.cancel(false);
    }
  }

  private void timeOut(int mine) {
    turn.lock();
    try {
      if (over || mine != round) {
        return;
      }
      TimeLimit limit = transaction.limit();
      boolean isOver = limit != null && limit.isOver();
      PrismException why =
          limit != null && isOver
              ? limit.exceeded()
              : PrismException.of(
                  TransactReason.TRANSACTION_IDLE,
                  "nothing came for " + calls.idleLimit().toMillis() + " ms; nothing was written");
      transaction.end();
      stream.send(rolledBack(why.description()));
      end(isOver ? "timed_out" : "idle", () -> stream.fail(why));
    } finally {
      turn.unlock();
    }
  }

  /** The client sends nothing more. */
  @Override
  public void onCompleted() {
    turn.lock();
    try {
      if (over) {
        return;
      }
      if (!transaction.hasBegun()) {
        end("failed", () -> stream.fail(notStarted()));
        return;
      }
      transaction.end();
      stream.send(rolledBack(ABANDONED));
      end("abandoned", stream::complete);
    } finally {
      turn.unlock();
    }
  }

  /** The client is gone: {@link #onEnd} comes too. */
  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onEnd() {
    turn.lock();
    try {
      end("abandoned", () -> {});
    } finally {
      turn.unlock();
    }
  }

  private void end(String outcome, Runnable closing) {
    if (over) {
      return;
    }
    over = true;
    stopTimer();
    transaction.end();
    if (transaction.hasBegun()) {
      calls.ended(outcome);
    }
    closing.run();
  }
}
