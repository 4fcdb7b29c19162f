package io.prism.cli;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Says what went wrong in words, with the reason and the fields at fault, and ends with a status
 * for scripts.
 */
final class Failures implements IExecutionExceptionHandler {

  /** Exit statuses of what Prism answers begin here. */
  static final int STATUS_BASE = 10;

  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    return switch (failure) {
      case UsageException usage -> {
        err.println("prism: " + usage.getMessage());
        yield 2;
      }
      case StatusRuntimeException refused -> answered(refused.getStatus(), refused, err);
      case StatusException refused -> answered(refused.getStatus(), refused, err);
      default -> {
        err.println("prism: " + failure);
        yield 1;
      }
    };
  }

  private static int answered(Status status, Throwable failure, PrintWriter err) {
    err.println("prism: " + status.getCode() + ": " + status.getDescription());
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    if (details != null) {
      details.getDetailsList().forEach(detail -> tell(detail, status, err));
    }
    err.flush();
    return STATUS_BASE + status.getCode().value();
  }

  private static void tell(Any detail, Status status, PrintWriter err) {
    try {
      if (detail.is(ErrorInfo.class)) {
        String reason = detail.unpack(ErrorInfo.class).getReason();
        if (!reason.equals(status.getCode().name())) {
          err.println("  reason: " + reason);
        }
      } else if (detail.is(BadRequest.class)) {
        detail.unpack(BadRequest.class).getFieldViolationsList().stream()
            .map(violation -> violation.getField() + ": " + violation.getDescription())
            // The description says it, where there is one only.
            .filter(violation -> !violation.equals(status.getDescription()))
            .forEach(violation -> err.println("  " + violation));
      } else if (detail.is(RetryInfo.class)) {
        com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
        err.println(
            "  try again after %d ms"
                .formatted(delay.getSeconds() * 1_000 + delay.getNanos() / 1_000_000));
      }
    } catch (InvalidProtocolBufferException e) {
      err.println("  a detail that cannot be read: " + detail.getTypeUrl());
    }
  }
}
