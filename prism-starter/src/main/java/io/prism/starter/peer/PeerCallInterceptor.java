package io.prism.starter.peer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.prism.starter.call.RequestId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Gives a call to another replica its time limit, within the deadline of the client's call, and the
 * request id of that call.
 */
final class PeerCallInterceptor implements ClientInterceptor {

  private final Duration timeLimit;

  PeerCallInterceptor(Duration timeLimit) {
    this.timeLimit = timeLimit;
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    String requestId = RequestId.current();
    return new SimpleForwardingClientCall<>(
        next.newCall(
            method, options.withDeadlineAfter(timeLimit.toNanos(), TimeUnit.NANOSECONDS))) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        if (!requestId.equals(RequestId.NONE)) {
          headers.put(RequestId.METADATA, requestId);
        }
        super.start(listener, headers);
      }
    };
  }
}
