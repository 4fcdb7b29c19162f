package io.prism.starter.auth;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.prism.starter.call.CallScope;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call whose handler starts only after something else is settled: its first message read, its
 * token verified. What comes in meanwhile is kept in order; that is bounded, since no more than one
 * message is requested before.
 *
 * <p>A handler that has started is told of the end of its call, whatever goes wrong in between; a
 * call that is cancelled before does not start its handler.
 */
final class DeferredCall<Q, R> extends ServerCall.Listener<Q> {

  /** Starts the handler with a call that takes account of the message already requested. */
  interface Starter<Q, R> {
    ServerCall.Listener<Q> start(ServerCall<Q, R> call);
  }

  /** Something to tell the handler; {@code end} when nothing comes after it. */
  private record Event<Q>(boolean end, Consumer<ServerCall.Listener<Q>> action) {}

  private final ServerCall<Q, R> call;
  private final Queue<Event<Q>> waiting = new ArrayDeque<>();
  private @Nullable Consumer<@Nullable Q> onFirstMessage;
  private boolean messageRequested;
  private boolean cancelled;
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

  /** Starts the handler in a scope and hands over everything that came in meanwhile. */
  void start(CallScope scope, Starter<Q, R> starter) {
    synchronized (this) {
      if (cancelled) {
        handler = new ServerCall.Listener<>() {};
        return;
      }
    }
    ServerCall<Q, R> handed = messageRequested ? new OneRequested<>(call) : call;
    scope.run(
        () -> {
          try {
            handOverTo(new ScopedListener<>(starter.start(handed), scope));
          } catch (Throwable e) {
            fail(e);
          }
        });
  }

  private void handOverTo(ServerCall.Listener<Q> listener) {
    boolean failed = false;
    while (true) {
      Event<Q> event;
      synchronized (this) {
        event = waiting.poll();
        if (event == null) {
          handler = listener;
          return;
        }
      }
      try {
        // A handler that has failed is told only that its call is over.
        if (!failed || event.end()) {
          event.action().accept(listener);
        }
      } catch (Throwable e) {
        failed = true;
        call.close(Status.UNKNOWN.withCause(e), new Metadata());
      }
    }
  }

  /** Refuses the call, whose handler has not started. */
  void fail(Throwable failure) {
    synchronized (this) {
      waiting.clear();
      handler = new ServerCall.Listener<>() {};
    }
    call.close(Status.UNKNOWN.withCause(failure), new Metadata());
  }

  private void deliver(boolean end, Consumer<ServerCall.Listener<Q>> event) {
    ServerCall.Listener<Q> listener = handler;
    if (listener == null) {
      synchronized (this) {
        listener = handler;
        if (listener == null) {
          waiting.add(new Event<>(end, event));
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
    deliver(false, listener -> listener.onMessage(message));
    settleFirst(message);
  }

  @Override
  public void onHalfClose() {
    deliver(false, ServerCall.Listener::onHalfClose);
    settleFirst(null);
  }

  @Override
  public void onCancel() {
    synchronized (this) {
      cancelled = true;
    }
    deliver(true, ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    deliver(true, ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    deliver(false, ServerCall.Listener::onReady);
  }

  /** The handler's first request is already made. */
  private static final class OneRequested<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final AtomicBoolean swallowed = new AtomicBoolean();

    OneRequested(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public void request(int messages) {
      boolean first = messages > 0 && swallowed.compareAndSet(false, true);
      int left = first ? messages - 1 : messages;
      if (left > 0) {
        super.request(left);
      }
    }
  }

  private static final class ScopedListener<Q> extends ServerCall.Listener<Q> {

    private final ServerCall.Listener<Q> delegate;
    private final CallScope scope;

    ScopedListener(ServerCall.Listener<Q> delegate, CallScope scope) {
      this.delegate = delegate;
      this.scope = scope;
    }

    @Override
    public void onMessage(Q message) {
      scope.run(() -> delegate.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      scope.run(delegate::onHalfClose);
    }

    @Override
    public void onCancel() {
      scope.run(delegate::onCancel);
    }

    @Override
    public void onComplete() {
      scope.run(delegate::onComplete);
    }

    @Override
    public void onReady() {
      scope.run(delegate::onReady);
    }
  }
}
