package io.prism.starter.call;

import io.grpc.Context;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;

/** The span of a call that is recorded, so that what its handler does becomes a part of it. */
final class CallTrace {

  static final Context.Key<CallTrace> CONTEXT = Context.key("prism-call-trace");

  private final Tracer tracer;
  private final Span span;

  CallTrace(Tracer tracer, Span span) {
    this.tracer = tracer;
    this.span = span;
  }

  /** Runs something as a part of a trace, if there is one. */
  static void run(@Nullable CallTrace trace, Runnable event) {
    if (trace == null) {
      event.run();
      return;
    }
    try (Tracer.SpanInScope _ = trace.tracer.withSpan(trace.span)) {
      event.run();
    }
  }

  void end(io.grpc.Status.Code code) {
    span.tag("rpc.grpc.status_code", code.value());
    if (code != io.grpc.Status.Code.OK) {
      span.tag("error", code.name());
    }
    span.end();
  }
}
