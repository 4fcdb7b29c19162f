package io.prism.pubsub.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What clients are told when a call fails. */
public final class Failures {

  private Failures() {}

  /** The status of a call that has to fail with a code and a reason. */
  public static Status failure(Code code, String reason, ThrowingCallable call) {
    return checked(code, reason, catchThrowable(call));
  }

  public static Status checked(Code code, String reason, Throwable failure) {
    assertThat(failure).as("a failure with %s %s", code, reason).isNotNull();
    Status status = StatusProto.fromThrowable(failure);
    assertThat(status).as(failure.toString()).isNotNull();
    assertThat(io.grpc.Status.fromCodeValue(status.getCode()).getCode())
        .as(failure.toString())
        .isEqualTo(code);
    assertThat(detail(status, ErrorInfo.class).map(ErrorInfo::getReason)).contains(reason);
    assertThat(detail(status, ErrorInfo.class).map(ErrorInfo::getDomain))
        .contains("prism.pubsub.v1");
    return status;
  }

  public static <T extends Message> Optional<T> detail(Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return Optional.of(any.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return Optional.empty();
  }
}
