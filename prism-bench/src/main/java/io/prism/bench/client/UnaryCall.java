package io.prism.bench.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.WorkNotDone;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The calls of one unary rpc, as operations of a load.
 *
 * @param defect what an answer says was not done, where an answer can say so
 */
public record UnaryCall<Q, R>(
    Channel channel, MethodDescriptor<Q, R> method, Function<R, Optional<String>> defect) {
  // Longer than any limit of a service: what goes wrong is told by the service.
  private static final long LIMIT_SECONDS = 30;

  /** Calls whose answer stands for work that is done. */
  public UnaryCall(Channel channel, MethodDescriptor<Q, R> method) {
    this(channel, method, answer -> Optional.empty());
  }

  /** Makes a call, whose end is that of the attempt. */
  public void start(Q request, Attempt attempt) {
    start(request, attempt, attempt::succeeded);
  }

  /** Makes a call that the attempt begins with: only its failure is the end of the attempt. */
  public void startWith(Q request, Attempt attempt) {
    start(request, attempt, () -> {});
  }

  private void start(Q request, Attempt attempt, Runnable success) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, options), request, new Answer<>(attempt, success, defect));
  }

  private record Answer<R>(Attempt attempt, Runnable success, Function<R, Optional<String>> defect)
      implements StreamObserver<R> {
    @Override
    public void onNext(R answer) {
      defect.apply(answer).ifPresent(what -> attempt.failed(new WorkNotDone(what)));
    }

    @Override
    public void onError(Throwable failure) {
      attempt.failed(failure);
    }

    @Override
    public void onCompleted() {
      success.run();
    }
  }
}
