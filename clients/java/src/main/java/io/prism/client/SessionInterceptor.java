package io.prism.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/** Gives calls the session of a keeper. */
final class SessionInterceptor implements ClientInterceptor {

  private final SessionKeeper keeper;

  SessionInterceptor(SessionKeeper keeper) {
    this.keeper = keeper;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    if (method.getType().clientSendsOneMessage()) {
      return new RepeatableCall<>(keeper, method, options, next);
    }
    SessionCredentials credentials = new SessionCredentials(keeper::token);
    return new ForwardingClientCall.SimpleForwardingClientCall<>(
        next.newCall(method, options.withCallCredentials(credentials))) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(new Watching<>(listener, keeper, credentials), headers);
      }
    };
  }

  /** Tells the keeper when a call has shown that its session is over. */
  private static final class Watching<A>
      extends ForwardingClientCallListener.SimpleForwardingClientCallListener<A> {

    private final SessionKeeper keeper;
    private final SessionCredentials credentials;

    Watching(
        ClientCall.Listener<A> listener, SessionKeeper keeper, SessionCredentials credentials) {
      super(listener);
      this.keeper = keeper;
      this.credentials = credentials;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      String used = credentials.used();
      if (used != null && SessionEnd.isIn(status, trailers)) {
        keeper.isOver(used);
      }
      super.onClose(status, trailers);
    }
  }
}
