package io.prism.transact.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.CommitTransaction;
import io.prism.transact.v1.DataWrite;
import io.prism.transact.v1.MailboxWrite;
import io.prism.transact.v1.RollbackTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactionOptions;
import io.prism.transact.v1.WriteRequest;
import io.prism.transact.v1.WriteResponse;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's side of one Transaction. */
public final class TestTransaction implements AutoCloseable {

  private static final int LIMIT_SECONDS = 20;

  private final BlockingQueue<TransactResponse> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private @Nullable ClientCallStreamObserver<TransactRequest> requests;

  private TestTransaction(Client client) {
    client
        .async()
        .transaction(
            new ClientResponseObserver<TransactRequest, TransactResponse>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<TransactRequest> observer) {
                requests = observer;
              }

              @Override
              public void onNext(TransactResponse response) {
                responses.add(response);
              }

              @Override
              public void onError(Throwable e) {
                failure.complete(e);
                end.complete(Status.fromThrowable(e));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
  }

  /** A stream on which nothing is sent yet. */
  public static TestTransaction open(Client client) {
    return new TestTransaction(client);
  }

  /** A transaction that has begun. */
  public static TestTransaction begin(Client client) {
    return begin(client, TransactionOptions.getDefaultInstance());
  }

  public static TestTransaction begin(Client client, TransactionOptions.IsolationLevel isolation) {
    return begin(client, TransactionOptions.newBuilder().setIsolation(isolation).build());
  }

  public static TestTransaction begin(Client client, TransactionOptions options) {
    TestTransaction transaction = new TestTransaction(client);
    transaction.send(
        TransactRequest.newBuilder()
            .setBegin(BeginTransaction.newBuilder().setOptions(options))
            .build());
    assertThat(transaction.next().hasStarted()).isTrue();
    return transaction;
  }

  public void send(TransactRequest request) {
    observer().onNext(request);
  }

  private ClientCallStreamObserver<TransactRequest> observer() {
    ClientCallStreamObserver<TransactRequest> started = requests;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  public void sendWrite(WriteRequest write) {
    send(TransactRequest.newBuilder().setWrite(write).build());
  }

  public void sendWrite(DataWrite.Builder data) {
    sendWrite(Client.request(data));
  }

  public void sendWrite(MailboxWrite mailbox) {
    sendWrite(WriteRequest.newBuilder().setMailbox(mailbox).build());
  }

  public WriteResponse write(DataWrite.Builder data) {
    sendWrite(data);
    return writeResult();
  }

  public WriteResponse write(MailboxWrite mailbox) {
    sendWrite(mailbox);
    return writeResult();
  }

  private WriteResponse writeResult() {
    TransactResponse response = next();
    assertThat(response.hasWriteResult()).as(response.toString()).isTrue();
    return response.getWriteResult();
  }

  public void sendCommit() {
    send(TransactRequest.newBuilder().setCommit(CommitTransaction.getDefaultInstance()).build());
  }

  /** Commits, which must succeed; the count of writes. */
  public int commit() {
    sendCommit();
    TransactResponse response = next();
    assertThat(response.hasCommitted()).as(response.toString()).isTrue();
    assertThat(response.getCommitted().getSuccess()).isTrue();
    assertThat(status().isOk()).isTrue();
    return response.getCommitted().getWriteCount();
  }

  public void sendRollback(String reason) {
    send(
        TransactRequest.newBuilder()
            .setRollback(RollbackTransaction.newBuilder().setReason(reason))
            .build());
  }

  /** Rolls back, which must succeed. */
  public void rollback() {
    sendRollback("test");
    assertThat(next().getRolledBack().getReason()).isEqualTo("test");
    assertThat(status().isOk()).isTrue();
  }

  /** The code of the error that comes next. */
  public String error() {
    TransactResponse response = next();
    assertThat(response.hasError()).as(response.toString()).isTrue();
    return response.getError().getCode();
  }

  /** The next response. */
  public TransactResponse next() {
    try {
      TransactResponse response = responses.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (response == null) {
        throw new AssertionError("no response; the stream: " + end.getNow(null));
      }
      return response;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A response that is there by now. */
  public Optional<TransactResponse> nextIfAny() {
    return Optional.ofNullable(responses.poll());
  }

  /** How the stream ended. */
  public Status status() {
    return end.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }

  /** The failure with which the stream ended. */
  public StatusRuntimeException failure() {
    return (StatusRuntimeException) failure.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }

  public void halfClose() {
    observer().onCompleted();
  }

  /** Goes away. */
  public void cancel() {
    observer().cancel("gone", null);
  }

  @Override
  public void close() {
    if (!end.isDone()) {
      cancel();
    }
  }
}
