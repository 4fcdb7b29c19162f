package io.prism.starter.call;

import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The {@code grpc.server} timers, by method and status, under the names that Micrometer's own
 * instrumentation gives them. Found without asking the registry, whose look-up costs as much as a
 * short call. Thread-safe.
 */
final class CallTimers {

  private static final int CODES = Code.values().length;

  private final MeterRegistry meters;
  private final Map<String, OfMethod> methods = new ConcurrentHashMap<>();

  CallTimers(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Those of a method that the server has, so there are no more than it has methods. */
  OfMethod of(MethodDescriptor<?, ?> method) {
    OfMethod known = methods.get(method.getFullMethodName());
    return known != null
        ? known
        : methods.computeIfAbsent(method.getFullMethodName(), name -> new OfMethod(method));
  }

  /** One for each status. */
  final class OfMethod {

    private final MethodDescriptor<?, ?> method;
    private final AtomicReferenceArray<Timer> timers = new AtomicReferenceArray<>(CODES);

    private OfMethod(MethodDescriptor<?, ?> method) {
      this.method = method;
    }

    void record(Code code, long nanos) {
      Timer timer = timers.get(code.value());
      if (timer == null) {
        timer = register(code);
        timers.set(code.value(), timer);
      }
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** The registry answers the same one to everybody. */
    private Timer register(Code code) {
      return Timer.builder("grpc.server")
          .description("time from the headers of a call to its status")
          .tag("rpc.service", Objects.requireNonNullElse(method.getServiceName(), "none"))
          .tag("rpc.method", Objects.requireNonNullElse(method.getBareMethodName(), "none"))
          .tag("rpc.type", method.getType().name())
          .tag("grpc.status_code", code.name())
          .register(meters);
    }
  }
}
