package io.prism.local.demo;

import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.CommitTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactServiceGrpc;
import io.prism.transact.v1.WriteRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One transaction on a stream, a step at a time. */
final class TransactionStream implements AutoCloseable {

  private static final int WAIT_SECONDS = 30;

  private final String token;
  private final LinkedBlockingQueue<CompletableFuture<TransactResponse>> answers =
      new LinkedBlockingQueue<>();
  private final StreamObserver<TransactRequest> requests;

  private TransactionStream(Channel channel, String token) {
    this.token = token;
    this.requests =
        TransactServiceGrpc.newStub(channel)
            .transaction(
                new StreamObserver<>() {
                  @Override
                  public void onNext(TransactResponse response) {
                    answers.add(CompletableFuture.completedFuture(response));
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answers.add(CompletableFuture.failedFuture(failure));
                  }

                  @Override
                  public void onCompleted() {
                    onError(new UnexpectedOutcome("the transaction is over"));
                  }
                });
  }

  static TransactionStream open(Channel channel, String token) {
    return new TransactionStream(channel, token);
  }

  /** Begins; the id of the transaction. */
  String begin() throws InterruptedException {
    TransactResponse response =
        step(
            TransactRequest.newBuilder()
                .setBegin(BeginTransaction.newBuilder().setSessionToken(token))
                .build());
    if (!response.hasStarted()) {
      throw unexpected(response);
    }
    return response.getStarted().getTransactionId();
  }

  void write(WriteRequest write) throws InterruptedException {
    TransactResponse response = step(TransactRequest.newBuilder().setWrite(write).build());
    if (!response.hasWriteResult()) {
      throw unexpected(response);
    }
  }

  /** Commits; how many writes there were. */
  int commit() throws InterruptedException {
    TransactResponse response =
        step(
            TransactRequest.newBuilder().setCommit(CommitTransaction.getDefaultInstance()).build());
    if (!response.hasCommitted()) {
      throw unexpected(response);
    }
    return response.getCommitted().getWriteCount();
  }

  private TransactResponse step(TransactRequest request) throws InterruptedException {
    requests.onNext(request);
    CompletableFuture<TransactResponse> answer = answers.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (answer == null) {
      throw new UnexpectedOutcome("no answer within " + WAIT_SECONDS + " s");
    }
    try {
      return answer.get(0, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnexpectedOutcome("the transaction failed: " + e.getMessage());
    }
  }

  private static UnexpectedOutcome unexpected(TransactResponse response) {
    return new UnexpectedOutcome("unexpected answer " + response);
  }

  @Override
  public void close() {
    requests.onCompleted();
  }
}
