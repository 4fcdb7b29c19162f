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
    if (listener.collects) {
      listener.delegate = next.startCall(call, headers);
    } else {
      listener.run(() -> listener.delegate = next.startCall(call, headers));
    }
    return listener;
  }

  private static final class OffloadedListener<Q, R> extends ServerCall.Listener<Q> {

    private final ServerCall<Q, R> call;
    private final CallScope scope = CallScope.current();
    private final Executor sequence;

    /**
     * Whether the client sends one message and has not done with sending. That message is only kept
     * until then, which costs less than a thread to do it on.
     */
    private boolean collects;

    // Written before the first task of the sequence, or by tasks of it, which run one after the
    // other, as they read it.
    private ServerCall.Listener<Q> delegate = new ServerCall.Listener<>() {};
    private boolean failed;

    OffloadedListener(ServerCall<Q, R> call, Executor executor) {
      this.call = call;
      this.sequence = MoreExecutors.newSequentialExecutor(executor);
      this.collects = call.getMethodDescriptor().getType().clientSendsOneMessage();
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
      if (collects) {
        delegate.onMessage(message);
      } else {
        run(() -> delegate.onMessage(message));
      }
    }

    @Override
    public void onHalfClose() {
      collects = false;
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
      if (collects) {
        delegate.onReady();
      } else {
        run(() -> delegate.onReady());
      }
    }
  }
}
