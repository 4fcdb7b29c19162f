package io.prism.starter.call;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;

/** Sheds calls above the bound of this instance, before they cost anything. */
public final class OverloadInterceptor implements ServerInterceptor {

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  private final InFlight inFlight;
  private final CallProperties properties;

  public OverloadInterceptor(InFlight inFlight, CallProperties properties) {
    this.inFlight = inFlight;
    this.properties = properties;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    boolean unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
    int open = unary ? inFlight.calls() : inFlight.streams();
    int limit = unary ? properties.maxConcurrentCalls() : properties.maxConcurrentStreams();
    if (open > limit) {
      throw PrismException.because(
              CallReason.OVERLOADED, "this instance has reached its limit of concurrent calls")
          .with("limit", Integer.toString(limit))
          .retryAfter(RETRY_DELAY)
          .build();
    }
    return next.startCall(call, headers);
  }
}
