package io.prism.starter.call;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets a stream send its response headers before its first message, so that a client can wait for
 * the moment from which it misses nothing. gRPC's stubs send them with the first message only.
 */
public final class EarlyHeaders {

  private static final Context.Key<EarlyHeaders> CONTEXT = Context.key("prism-early-headers");

  private final ServerCall<?, ?> call;
  private final AtomicBoolean sent = new AtomicBoolean();

  private EarlyHeaders(ServerCall<?, ?> call) {
    this.call = call;
  }

  /** Those of the current call, whose service has the {@link Interceptor}. */
  public static EarlyHeaders current() {
    return CONTEXT.get();
  }

  /** Sends the headers now, unless they are sent. */
  public void send() {
    send(new Metadata());
  }

  /** Sends these headers now, unless some are sent. */
  public void send(Metadata headers) {
    if (sent.compareAndSet(false, true)) {
      call.sendHeaders(headers);
    }
  }

  /** Makes a call's headers ones that can be sent early. */
  public static final class Interceptor implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
        return next.startCall(call, headers);
      }
      EarlyHeaders early = new EarlyHeaders(call);
      ServerCall<Q, R> prompt =
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata responseHeaders) {
              early.send(responseHeaders);
            }
          };
      return Contexts.interceptCall(
          Context.current().withValue(CONTEXT, early), prompt, headers, next);
    }
  }
}
