package io.prism.starter.call;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts failed calls by the reason that their clients are told: UNAVAILABLE may be a store that is
 * down, an instance that has too much to do, or one that stops. Thread-safe.
 */
final class CallFailures {

  private static final String NO_REASON = "none";

  /** Bounded: reasons are rows of enums. */
  private record Failure(String service, Status.Code code, String reason) {}

  private final MeterRegistry meters;
  private final Map<Failure, Counter> counters = new ConcurrentHashMap<>();

  CallFailures(MeterRegistry meters) {
    this.meters = meters;
  }

  void count(MethodDescriptor<?, ?> method, Status status, Metadata trailers) {
    String service = Objects.requireNonNullElse(method.getServiceName(), "none");
    counters
        .computeIfAbsent(
            new Failure(service, status.getCode(), reasonOf(status, trailers)), this::counter)
        .increment();
  }

  private static String reasonOf(Status status, Metadata trailers) {
    com.google.rpc.Status told = StatusProto.fromStatusAndTrailers(status, trailers);
    for (Any detail : told.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
          return NO_REASON;
        }
      }
    }
    return NO_REASON;
  }

  private Counter counter(Failure failure) {
    return Counter.builder("prism.calls.failed")
        .description("failed calls by the reason that their clients are told")
        .tag("rpc.service", failure.service())
        .tag("grpc.status_code", failure.code().name())
        .tag("reason", failure.reason())
        .register(meters);
  }
}
