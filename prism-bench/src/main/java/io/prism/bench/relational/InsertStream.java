package io.prism.bench.relational;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.CommitTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactServiceGrpc;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Transaction of inserts, each sent when the one before is answered. */
final class InsertStream implements ClientResponseObserver<TransactRequest, TransactResponse> {
  private static final long LIMIT_SECONDS = 30;

  private final NewOrders orders;
  private final Quota quota;
  private final Attempt attempt;
  private @Nullable ClientCallStreamObserver<TransactRequest> requests;
  private int sent;
  private long rows;
  private long committed;

  private InsertStream(NewOrders orders, Quota quota, Attempt attempt) {
    this.orders = orders;
    this.quota = quota;
    this.attempt = attempt;
  }

  /** Makes a call, whose end is that of the attempt. */
  static void start(Channel channel, NewOrders orders, Quota quota, Attempt attempt) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    ClientCalls.asyncBidiStreamingCall(
            channel.newCall(TransactServiceGrpc.getTransactionMethod(), options),
            new InsertStream(orders, quota, attempt))
        .onNext(
            TransactRequest.newBuilder().setBegin(BeginTransaction.getDefaultInstance()).build());
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<TransactRequest> stream) {
    requests = stream;
  }

  @Override
  public void onNext(TransactResponse response) {
    switch (response.getResponseCase()) {
      case STARTED -> goOn();
      case WRITE_RESULT -> {
        rows += response.getWriteResult().getDataResult().getRowsAffected();
        goOn();
      }
      case COMMITTED -> committed = rows;
      case ROLLED_BACK, ERROR, RESPONSE_NOT_SET -> fail("answered with " + response);
    }
  }

  private void goOn() {
    ClientCallStreamObserver<TransactRequest> stream = requests;
    if (stream == null) {
      throw new IllegalStateException("a response before the call was started");
    }
    if (sent < quota.rows()) {
      sent++;
      stream.onNext(TransactRequest.newBuilder().setWrite(orders.request(orders.next())).build());
    } else {
      stream.onNext(
          TransactRequest.newBuilder().setCommit(CommitTransaction.getDefaultInstance()).build());
      stream.onCompleted();
    }
  }

  private void fail(String why) {
    attempt.failed(new WorkNotDone(why));
    if (requests != null) {
      requests.cancel(why, null);
    }
  }

  @Override
  public void onError(Throwable failure) {
    attempt.failed(failure);
  }

  @Override
  public void onCompleted() {
    quota
        .defect(committed)
        .ifPresentOrElse(defect -> attempt.failed(new WorkNotDone(defect)), attempt::succeeded);
  }
}
