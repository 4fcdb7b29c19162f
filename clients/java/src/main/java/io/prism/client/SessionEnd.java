package io.prism.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** That a call was refused since its session is over: a new one will do. */
final class SessionEnd {

  private static final Set<String> REASONS = Set.of("SESSION_EXPIRED", "SESSION_CLOSED");

  private SessionEnd() {}

  static boolean isIn(Status status, @Nullable Metadata trailers) {
    if (status.getCode() != Status.Code.UNAUTHENTICATED || trailers == null) {
      return false;
    }
    for (Any detail : StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList()) {
      if (detail.is(ErrorInfo.class) && REASONS.contains(reason(detail))) {
        return true;
      }
    }
    return false;
  }

  private static String reason(Any detail) {
    try {
      return detail.unpack(ErrorInfo.class).getReason();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }
}
