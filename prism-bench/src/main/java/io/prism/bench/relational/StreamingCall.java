package io.prism.bench.relational;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * The calls of one rpc that streams rows, as operations of a load.
 *
 * @param size how many rows a message has
 * @param quota of all messages together
 */
record StreamingCall<Q, R>(
    Channel channel, MethodDescriptor<Q, R> method, ToIntFunction<R> size, Quota quota) {

  private static final long LIMIT_SECONDS = 60;

  /** Makes a call, whose end is that of the attempt. */
  void start(Q request, Attempt attempt) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    ClientCalls.asyncServerStreamingCall(
        channel.newCall(method, options), request, new Rows(attempt));
  }

  private final class Rows implements StreamObserver<R> {
    private final Attempt attempt;
    private long rows;

    Rows(Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    public void onNext(R message) {
      rows += size.applyAsInt(message);
    }

    @Override
    public void onError(Throwable failure) {
      attempt.failed(failure);
    }

    @Override
    public void onCompleted() {
      quota
          .defect(rows)
          .ifPresentOrElse(defect -> attempt.failed(new WorkNotDone(defect)), attempt::succeeded);
    }
  }
}
