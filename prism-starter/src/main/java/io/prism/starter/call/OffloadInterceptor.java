package io.prism.starter.call;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.Executor;

/**
 * Runs the handlers of a blocking service on virtual threads, one event of a call after the other.
 *
 * <p>Last in the chain: what comes before it is cheap and stays on the thread that read the call.
 */
public final class OffloadInterceptor implements ServerInterceptor {

  private final Executor executor;

  public OffloadInterceptor(Executor executor) {
    this.executor = executor;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    OffloadedListener<Q, R> listener = new OffloadedListener<>(call, executor);
    listener.run(() -> listener.delegate = next.startCall(call, headers));
    return listener;
  }

  private static final class OffloadedListener<Q, R> extends ServerCall.Listener<Q> {

    private final ServerCall<Q, R> call;
    private final CallScope scope = CallScope.current();
    private final Executor sequence;
    // Written and read only by tasks of the sequence, which run one after the other.
    private ServerCall.Listener<Q> delegate = new ServerCall.Listener<>() {};
    private boolean failed;

    OffloadedListener(ServerCall<Q, R> call, Executor executor) {
      this.call = call;
      this.sequence = MoreExecutors.newSequentialExecutor(executor);
    }

    void run(Runnable event) {
      sequence.execute(
          () -> {
            if (!failed) {
              handle(event);
            }
          });
    }

    /** The end is told to a handler that has failed, too: it may hold something to release. */
    void runLast(Runnable event) {
      sequence.execute(
          () ->
              scope.run(
                  () -> {
                    try {
                      event.run();
                    } catch (Throwable e) {
                      ErrorInterceptor.report(e, call.getMethodDescriptor());
                    }
                  }));
    }

    private void handle(Runnable event) {
      try {
        scope.run(event);
      } catch (Throwable e) {
        failed = true;
        call.close(Status.UNKNOWN.withCause(e), new Metadata());
      }
    }

    @Override
    public void onMessage(Q message) {
      run(() -> delegate.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      run(() -> delegate.onHalfClose());
    }

    @Override
    public void onCancel() {
      runLast(() -> delegate.onCancel());
    }

    @Override
    public void onComplete() {
      runLast(() -> delegate.onComplete());
    }

    @Override
    public void onReady() {
      run(() -> delegate.onReady());
    }
  }
}
