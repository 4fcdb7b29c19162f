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
import java.util.function.LongFunction;
import java.util.function.ToIntFunction;

/**
 * The calls of one rpc that streams its answer, as operations of a load.
 *
 * @param size how many rows, or bytes, a message has
 * @param defect what was not done, if anything, when all messages together have so many
 */
public record StreamingCall<Q, R>(
    Channel channel,
    MethodDescriptor<Q, R> method,
    ToIntFunction<R> size,
    LongFunction<Optional<String>> defect) {

  private static final long LIMIT_SECONDS = 60;

  /** Makes a call, whose end is that of the attempt. */
  public void start(Q request, Attempt attempt) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    ClientCalls.asyncServerStreamingCall(
        channel.newCall(method, options), request, new Messages(attempt));
  }

  private final class Messages implements StreamObserver<R> {
    private final Attempt attempt;
    private long total;

    Messages(Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    public void onNext(R message) {
      total += size.applyAsInt(message);
    }

    @Override
    public void onError(Throwable failure) {
      attempt.failed(failure);
    }

    @Override
    public void onCompleted() {
      defect
          .apply(total)
          .ifPresentOrElse(what -> attempt.failed(new WorkNotDone(what)), attempt::succeeded);
    }
  }
}
