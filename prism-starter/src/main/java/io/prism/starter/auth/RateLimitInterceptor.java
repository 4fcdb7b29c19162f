package io.prism.starter.auth;

import io.github.bucket4j.Bucket;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;

/** Holds each session to the rate limit of its configuration, in this instance. */
public final class RateLimitInterceptor implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    LiveSession session = LiveSession.CONTEXT.get();
    Bucket bucket = session == null ? null : session.bucket();
    if (bucket != null && !bucket.tryConsume(1)) {
      throw refused(bucket, session.session());
    }
    return next.startCall(call, headers);
  }

  private static PrismException refused(Bucket bucket, Session session) {
    int limit = session.config().getRateLimit().getRequestsPerSecond();
    long nanos = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    return PrismException.because(
            CallReason.RATE_LIMITED, "more than " + limit + " requests per second")
        .with("requests_per_second", Integer.toString(limit))
        .retryAfter(Duration.ofNanos(Math.max(nanos, 1_000_000)))
        .build();
  }
}
