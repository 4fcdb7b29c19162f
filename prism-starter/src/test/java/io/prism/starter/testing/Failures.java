package io.prism.starter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.prism.starter.error.Reason;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Reads failures of calls as a client does. */
public final class Failures {

  private Failures() {}

  /** The failure of a call, which must be this one with its status code. */
  public static StatusRuntimeException failsWith(Reason reason, ThrowingCallable call) {
    StatusRuntimeException failure = failureOf(call);
    assertThat(reasonOf(failure)).as(failure.toString()).isEqualTo(reason.name());
    assertThat(failure.getStatus().getCode()).isEqualTo(reason.code());
    return failure;
  }

  /** The failure of a call. */
  public static StatusRuntimeException failureOf(ThrowingCallable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failure).as("the call was to fail").isNotNull();
    return failure;
  }

  /** The status of a call that has to fail with a code and a reason. */
  public static com.google.rpc.Status failure(
      Status.Code code, String reason, ThrowingCallable call) {
    return checked(code, reason, failureOf(call));
  }

  /** The status of a failure, which must have a code and a reason of one of our services. */
  public static com.google.rpc.Status checked(Status.Code code, String reason, Throwable failure) {
    assertThat(failure).as("a failure with %s %s", code, reason).isNotNull();
    assertThat(Status.fromThrowable(failure).getCode()).as(failure.toString()).isEqualTo(code);
    assertThat(reasonOf(failure)).as(failure.toString()).isEqualTo(reason);
    assertThat(infoOf(failure).getDomain()).matches("prism\\.[a-z]+\\.v1");
    return Objects.requireNonNull(StatusProto.fromThrowable(failure));
  }

  /** {@code ErrorInfo.reason}, or the status code where there is none. */
  public static String reasonOf(Throwable failure) {
    return detail(failure, ErrorInfo.class)
        .map(ErrorInfo::getReason)
        .orElseGet(() -> "no ErrorInfo, " + Status.fromThrowable(failure).getCode());
  }

  /** {@code ErrorInfo} of a failure, which must have one. */
  public static ErrorInfo infoOf(Throwable failure) {
    return detail(failure, ErrorInfo.class).orElseThrow();
  }

  /** A {@code google.rpc} detail of a failure. */
  public static <M extends Message> Optional<M> detail(Throwable failure, Class<M> type) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    return status == null ? Optional.empty() : detail(status, type);
  }

  /** The same of its status. */
  public static <M extends Message> Optional<M> detail(
      com.google.rpc.Status status, Class<M> type) {
    return status.getDetailsList().stream()
        .filter(any -> any.is(type))
        .findFirst()
        .map(any -> unpack(any, type));
  }

  private static <M extends Message> M unpack(Any any, Class<M> type) {
    try {
      return any.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
