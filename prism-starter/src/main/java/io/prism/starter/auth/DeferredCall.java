package io.prism.starter.auth;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call whose handler starts only after something else is settled: its first message read, its
 * token verified. What comes in meanwhile is kept in order; that is bounded, since no more than one
 * message is requested before.
 */
final class DeferredCall<Q, R> extends ServerCall.Listener<Q> {

  /** Starts the handler with a call that takes account of the message already requested. */
  interface Starter<Q, R> {
    ServerCall.Listener<Q> start(ServerCall<Q, R> call);
  }

  private final ServerCall<Q, R> call;
  private final Queue<Consumer<ServerCall.Listener<Q>>> waiting = new ArrayDeque<>();
  private @Nullable Consumer<@Nullable Q> onFirstMessage;
  private boolean messageRequested;
  private volatile ServerCall.@Nullable Listener<Q> handler;

  DeferredCall(ServerCall<Q, R> call) {
    this.call = call;
  }

  /** Asks for the first message; the action gets null when the client ends without sending one. */
  void awaitFirstMessage(Consumer<@Nullable Q> action) {
    onFirstMessage = action;
    messageRequested = true;
    call.request(1);
  }

  /** Starts the handler in a context and hands over everything that came in meanwhile. */
  void start(Context context, Starter<Q, R> starter) {
    ServerCall<Q, R> handed = messageRequested ? new OneRequested<>(call) : call;
    Context previous = context.attach();
    try {
      handOverTo(new ContextListener<>(starter.start(handed), context));
    } catch (RuntimeException e) {
      fail(e);
    } finally {
      context.detach(previous);
    }
  }

  private void handOverTo(ServerCall.Listener<Q> listener) {
    while (true) {
      Consumer<ServerCall.Listener<Q>> event;
      synchronized (this) {
        event = waiting.poll();
        if (event == null) {
          handler = listener;
          return;
        }
      }
      event.accept(listener);
    }
  }

  /** Refuses the call. */
  void fail(RuntimeException failure) {
    synchronized (this) {
      waiting.clear();
      handler = new ServerCall.Listener<>() {};
    }
    call.close(Status.UNKNOWN.withCause(failure), new Metadata());
  }

  private void deliver(Consumer<ServerCall.Listener<Q>> event) {
    ServerCall.Listener<Q> listener = handler;
    if (listener == null) {
      synchronized (this) {
        listener = handler;
        if (listener == null) {
          waiting.add(event);
          return;
        }
      }
    }
    event.accept(listener);
  }

  private void settleFirst(@Nullable Q message) {
    Consumer<@Nullable Q> action = onFirstMessage;
    if (action != null) {
      onFirstMessage = null;
      action.accept(message);
    }
  }

  @Override
  public void onMessage(Q message) {
    deliver(listener -> listener.onMessage(message));
    settleFirst(message);
  }

  @Override
  public void onHalfClose() {
    deliver(ServerCall.Listener::onHalfClose);
    settleFirst(null);
  }

  @Override
  public void onCancel() {
    deliver(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    deliver(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    deliver(ServerCall.Listener::onReady);
  }

  /** The handler's first request is already made. */
  private static final class OneRequested<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private boolean swallowed;

    OneRequested(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public void request(int messages) {
      int left = swallowed ? messages : messages - 1;
      swallowed = true;
      if (left > 0) {
        super.request(left);
      }
    }
  }

  private static final class ContextListener<Q> extends ServerCall.Listener<Q> {

    private final ServerCall.Listener<Q> delegate;
    private final Context context;

    ContextListener(ServerCall.Listener<Q> delegate, Context context) {
      this.delegate = delegate;
      this.context = context;
    }

    @Override
    public void onMessage(Q message) {
      context.run(() -> delegate.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      context.run(delegate::onHalfClose);
    }

    @Override
    public void onCancel() {
      context.run(delegate::onCancel);
    }

    @Override
    public void onComplete() {
      context.run(delegate::onComplete);
    }

    @Override
    public void onReady() {
      context.run(delegate::onReady);
    }
  }
}
