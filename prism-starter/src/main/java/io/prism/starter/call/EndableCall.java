package io.prism.starter.call;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A streaming call that somebody other than its handler may end, when its session closes or the
 * instance drains.
 *
 * <p>gRPC calls are not thread-safe, so sending and closing take one lock and the events of the
 * listener another; a handler that is busy in an event does not hold up the closing.
 */
public final class EndableCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

  private final ReentrantLock sending = new ReentrantLock();
  private final ReentrantLock handling = new ReentrantLock();
  private final List<LiveStreams> groups;
  private volatile boolean forced;
  private boolean closed;
  private boolean over;
  private ServerCall.Listener<Q> handler = new ServerCall.Listener<>() {};

  private EndableCall(ServerCall<Q, R> call, List<LiveStreams> groups) {
    super(call);
    this.groups = groups;
  }

  /** Starts a call as a member of the given groups; it leaves them when it is over. */
  public static <Q, R> ServerCall.Listener<Q> start(
      ServerCall<Q, R> call,
      Metadata headers,
      ServerCallHandler<Q, R> next,
      List<LiveStreams> groups) {
    EndableCall<Q, R> endable = new EndableCall<>(call, groups);
    groups.forEach(group -> group.add(endable));
    endable.handling.lock();
    try {
      endable.handler = next.startCall(endable, headers);
    } catch (Throwable e) {
      endable.leave();
      throw e;
    } finally {
      endable.handling.unlock();
    }
    return endable.new EndableListener();
  }

  void end(Status status, Metadata trailers) {
    forced = true;
    close(status, trailers);
    finish(ServerCall.Listener::onCancel);
  }

  @Override
  public void sendHeaders(Metadata headers) {
    sending.lock();
    try {
      if (!closed) {
        super.sendHeaders(headers);
      }
    } finally {
      sending.unlock();
    }
  }

  @Override
  public void sendMessage(R message) {
    sending.lock();
    try {
      if (!closed) {
        super.sendMessage(message);
      }
    } finally {
      sending.unlock();
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    sending.lock();
    try {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    } finally {
      sending.unlock();
    }
  }

  /** True as soon as somebody ended the call, for a handler that is too busy to be told. */
  @Override
  public boolean isCancelled() {
    return forced || super.isCancelled();
  }

  @Override
  public boolean isReady() {
    return !forced && super.isReady();
  }

  private void leave() {
    groups.forEach(group -> group.remove(this));
  }

  private void finish(java.util.function.Consumer<ServerCall.Listener<Q>> lastEvent) {
    handling.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      leave();
      lastEvent.accept(handler);
    } finally {
      handling.unlock();
    }
  }

  private final class EndableListener
      extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {

    EndableListener() {
      super(handler);
    }

    @Override
    public void onMessage(Q message) {
      handle(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      handle(super::onHalfClose);
    }

    @Override
    public void onReady() {
      handle(super::onReady);
    }

    @Override
    public void onCancel() {
      finish(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
      finish(ServerCall.Listener::onComplete);
    }

    private void handle(Runnable event) {
      handling.lock();
      try {
        if (!over) {
          event.run();
        }
      } finally {
        handling.unlock();
      }
    }
  }
}
