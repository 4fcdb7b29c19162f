package io.prism.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call with one request, which is made again in a new session when it is refused, before it had
 * an answer, since its session is over.
 */
final class RepeatableCall<Q, A> extends ClientCall<Q, A> {

  private final SessionKeeper keeper;
  private final MethodDescriptor<Q, A> method;
  private final CallOptions options;
  private final Channel next;

  // What the application has asked for, to be asked for again. The lock keeps it together with the
  // call that it went to: the application and the end of the first call are threads of their own.
  private final Object lock = new Object();
  private ClientCall<Q, A> call;
  private SessionCredentials credentials;
  private Metadata headers = new Metadata();
  private @Nullable Q request;
  private long wanted;
  private boolean compressed = true;
  private boolean halfClosed;
  private boolean canceled;

  RepeatableCall(
      SessionKeeper keeper, MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    this.keeper = keeper;
    this.method = method;
    this.options = options;
    this.next = next;
    this.credentials = new SessionCredentials(keeper::token);
    this.call = next.newCall(method, options.withCallCredentials(credentials));
  }

  @Override
  public void start(Listener<A> listener, Metadata given) {
    synchronized (lock) {
      headers = copy(given);
      call.start(new First(listener), given);
    }
  }

  private static Metadata copy(Metadata metadata) {
    Metadata copy = new Metadata();
    copy.merge(metadata);
    return copy;
  }

  @Override
  public void request(int count) {
    synchronized (lock) {
      wanted += count;
      call.request(count);
    }
  }

  @Override
  public void sendMessage(Q message) {
    synchronized (lock) {
      request = message;
      call.sendMessage(message);
    }
  }

  @Override
  public void halfClose() {
    synchronized (lock) {
      halfClosed = true;
      call.halfClose();
    }
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    synchronized (lock) {
      canceled = true;
      call.cancel(message, cause);
    }
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    synchronized (lock) {
      compressed = enabled;
      call.setMessageCompression(enabled);
    }
  }

  @Override
  public boolean isReady() {
    synchronized (lock) {
      return call.isReady();
    }
  }

  @Override
  public Attributes getAttributes() {
    synchronized (lock) {
      return call.getAttributes();
    }
  }

  /** Whether it has been made again. */
  private boolean again(Listener<A> listener) {
    synchronized (lock) {
      Q message = request;
      String used = credentials.used();
      if (canceled || !halfClosed || message == null || used == null) {
        return false;
      }
      keeper.isOver(used);
      credentials = new SessionCredentials(keeper::token);
      call = next.newCall(method, options.withCallCredentials(credentials));
      call.start(listener, headers);
      call.setMessageCompression(compressed);
      call.request((int) Math.min(wanted, Integer.MAX_VALUE));
      call.sendMessage(message);
      call.halfClose();
      return true;
    }
  }

  private final class First
      extends ForwardingClientCallListener.SimpleForwardingClientCallListener<A> {

    private boolean answered;

    First(Listener<A> listener) {
      super(listener);
    }

    @Override
    public void onHeaders(Metadata answer) {
      answered = true;
      super.onHeaders(answer);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (answered || !SessionEnd.isIn(status, trailers) || !again(delegate())) {
        super.onClose(status, trailers);
      }
    }
  }
}
