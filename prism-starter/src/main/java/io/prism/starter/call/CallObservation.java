package io.prism.starter.call;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Measures every call, and traces those that are sampled, here or by the client.
 *
 * <p>Micrometer's instrumentation by observations took more than a third of the CPU time of a short
 * call, and a tenth of that of a stream, for events and tags that nobody reads; see
 * docs/performance.md.
 */
public final class CallObservation implements ServerInterceptor {

  /** Of the few headers that propagators read. */
  private static final Map<String, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

  private final CallTimers timers;
  private final CallFailures failures;
  private final @Nullable Tracer tracer;
  private final Propagator propagator;

  /**
   * @param tracer makes spans; null for none
   * @param propagator reads the trace that a call belongs to
   */
  public CallObservation(MeterRegistry meters, @Nullable Tracer tracer, Propagator propagator) {
    this.timers = new CallTimers(meters);
    this.failures = new CallFailures(meters);
    this.tracer = tracer;
    this.propagator = propagator;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CallTrace trace = trace(call.getMethodDescriptor(), headers);
    ObservedCall<Q, R> observed =
        new ObservedCall<>(call, timers.of(call.getMethodDescriptor()), failures, trace);
    if (trace == null) {
      return new ObservedListener<>(next.startCall(observed, headers), observed);
    }
    Context traced = Context.current().withValue(CallTrace.CONTEXT, trace);
    return Contexts.interceptCall(
        traced,
        observed,
        headers,
        (c, h) -> new TracedListener<>(started(trace, observed, h, next), observed, trace));
  }

  private static <Q, R> ServerCall.Listener<Q> started(
      CallTrace trace, ObservedCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Started<Q> started = new Started<>();
    CallTrace.run(trace, () -> started.listener = next.startCall(call, headers));
    return started.listener;
  }

  private @Nullable CallTrace trace(MethodDescriptor<?, ?> method, Metadata headers) {
    if (tracer == null) {
      return null;
    }
    Span span =
        propagator
            .extract(headers, CallObservation::header)
            .kind(Span.Kind.SERVER)
            .name(method.getFullMethodName())
            .start();
    if (span.isNoop()) {
      return null;
    }
    span.tag("rpc.system", "grpc");
    span.tag("rpc.service", Objects.requireNonNullElse(method.getServiceName(), "none"));
    span.tag("rpc.method", Objects.requireNonNullElse(method.getBareMethodName(), "none"));
    return new CallTrace(tracer, span);
  }

  private static @Nullable String header(Metadata headers, String name) {
    return headers.get(
        KEYS.computeIfAbsent(
            name, known -> Metadata.Key.of(known, Metadata.ASCII_STRING_MARSHALLER)));
  }

  private static final class Started<Q> {
    private ServerCall.Listener<Q> listener = new ServerCall.Listener<>() {};
  }

  /** Ends once: with the status that the client is told, or because it has gone. */
  private static final class ObservedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final CallTimers.OfMethod timers;
    private final CallFailures failures;
    private final @Nullable CallTrace trace;
    private final long begin = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();

    ObservedCall(
        ServerCall<Q, R> call,
        CallTimers.OfMethod timers,
        CallFailures failures,
        @Nullable CallTrace trace) {
      super(call);
      this.timers = timers;
      this.failures = failures;
      this.trace = trace;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (end(status.getCode()) && !status.isOk()) {
        failures.count(getMethodDescriptor(), status, trailers);
      }
      super.close(status, trailers);
    }

    /** Whether it had not ended before. */
    boolean end(Code code) {
      if (!ended.compareAndSet(false, true)) {
        return false;
      }
      timers.record(code, System.nanoTime() - begin);
      if (trace != null) {
        trace.end(code);
      }
      return true;
    }
  }

  private static class ObservedListener<Q> extends SimpleForwardingServerCallListener<Q> {

    private final ObservedCall<Q, ?> call;

    ObservedListener(ServerCall.Listener<Q> delegate, ObservedCall<Q, ?> call) {
      super(delegate);
      this.call = call;
    }

    @Override
    public void onCancel() {
      call.end(Code.CANCELLED);
      super.onCancel();
    }
  }

  private static final class TracedListener<Q> extends ObservedListener<Q> {

    private final CallTrace trace;

    TracedListener(ServerCall.Listener<Q> delegate, ObservedCall<Q, ?> call, CallTrace trace) {
      super(delegate, call);
      this.trace = trace;
    }

    @Override
    public void onMessage(Q message) {
      CallTrace.run(trace, () -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      CallTrace.run(trace, super::onHalfClose);
    }

    @Override
    public void onReady() {
      CallTrace.run(trace, super::onReady);
    }

    @Override
    public void onCancel() {
      CallTrace.run(trace, super::onCancel);
    }

    @Override
    public void onComplete() {
      CallTrace.run(trace, super::onComplete);
    }
  }
}
