package io.prism.starter.error;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns any exception into a {@code google.rpc.Status} with details.
 *
 * <p>What is not a {@link PrismException} is a fault of ours: it is logged once, with its stack
 * trace and the request id, and the client sees only INTERNAL and that id.
 */
public final class ErrorMapper {

  private static final Logger log = LoggerFactory.getLogger(ErrorMapper.class);
  private static final long TRACE_INTERVAL = TimeUnit.SECONDS.toNanos(10);
  private static final AtomicLong nextTraceNanos = new AtomicLong(System.nanoTime());

  private ErrorMapper() {}

  /**
   * The status that a client sees.
   *
   * @param domain the proto package of the called service
   * @param requestId the id of the call, for the client to quote and for our log
   */
  public static Status toStatus(Throwable failure, String domain, String requestId) {
    PrismException known = known(failure);
    if (known == null) {
      log.error("request {} to {} failed", requestId, domain, failure);
      known = PrismException.of(CallReason.INTERNAL, "internal error, request id " + requestId);
    } else if (isServerFault(known) && known.getCause() != null) {
      warn(known, known.getCause(), domain, requestId);
    } else {
      // With what the store said, which clients are not told: whoever set the store up may need it.
      log.debug(
          "request {} to {}: {} {}",
          requestId,
          domain,
          known.reason().name(),
          known.description(),
          known.getCause());
    }
    return describe(known, domain, requestId);
  }

  /** An outage fails many calls at once: each has its line, and one in a while its stack trace. */
  private static void warn(
      PrismException failure, Throwable cause, String domain, String requestId) {
    long now = System.nanoTime();
    long next = nextTraceNanos.get();
    boolean traced = now - next >= 0 && nextTraceNanos.compareAndSet(next, now + TRACE_INTERVAL);
    log.warn(
        "request {} to {}: {} {}: {}",
        requestId,
        domain,
        failure.reason().name(),
        failure.description(),
        cause.toString(),
        traced ? cause : null);
  }

  private static boolean isServerFault(PrismException failure) {
    return switch (failure.reason().code()) {
      case INTERNAL, UNKNOWN, UNAVAILABLE, DATA_LOSS -> true;
      default -> false;
    };
  }

  private static @Nullable PrismException known(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case PrismException prism -> prism;
      case StatusRuntimeException status -> fromStatus(status.getStatus());
      case StatusException status -> fromStatus(status.getStatus());
      default -> null;
    };
  }

  /** A status that code of ours or the framework chose; a bare UNKNOWN or INTERNAL is a fault. */
  static @Nullable PrismException fromStatus(io.grpc.Status status) {
    return switch (status.getCode()) {
      case OK, UNKNOWN, INTERNAL -> null;
      default ->
          PrismException.because(new StatusReason(status.getCode()), describe(status))
              .cause(status.getCause())
              .build();
    };
  }

  /**
   * What a failed call of ours to somebody else says may name hosts; what the framework says not.
   */
  private static String describe(io.grpc.Status status) {
    String description = status.getDescription();
    return switch (status.getCode()) {
      case UNAVAILABLE -> "unavailable";
      case DEADLINE_EXCEEDED -> "deadline exceeded";
      default -> description == null ? status.getCode().name() : description;
    };
  }

  /** The reason of a failure that is known only by its status: the name of the code. */
  private record StatusReason(io.grpc.Status.Code code) implements Reason {
    @Override
    public String name() {
      return code.name();
    }
  }

  private static Status describe(PrismException failure, String domain, String requestId) {
    Status.Builder status =
        Status.newBuilder()
            .setCode(failure.reason().code().value())
            .setMessage(failure.description())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(failure.reason().name())
                        .setDomain(domain)
                        .putAllMetadata(failure.metadata())
                        .build()));
    if (!failure.violations().isEmpty()) {
      BadRequest.Builder badRequest = BadRequest.newBuilder();
      failure
          .violations()
          .forEach(
              v ->
                  badRequest
                      .addFieldViolationsBuilder()
                      .setField(v.field())
                      .setDescription(v.description()));
      status.addDetails(Any.pack(badRequest.build()));
    }
    failure
        .retryDelay()
        .ifPresent(
            delay ->
                status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(toProto(delay)).build())));
    failure
        .resource()
        .ifPresent(
            resource ->
                status.addDetails(
                    Any.pack(
                        ResourceInfo.newBuilder()
                            .setResourceType(resource.type())
                            .setResourceName(resource.name())
                            .setDescription(failure.description())
                            .build())));
    if (failure.reason() == CallReason.RATE_LIMITED) {
      status.addDetails(
          Any.pack(
              QuotaFailure.newBuilder()
                  .addViolations(
                      QuotaFailure.Violation.newBuilder()
                          .setSubject("session")
                          .setDescription(failure.description()))
                  .build()));
    }
    status.addDetails(Any.pack(RequestInfo.newBuilder().setRequestId(requestId).build()));
    return status.build();
  }

  private static com.google.protobuf.Duration toProto(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
