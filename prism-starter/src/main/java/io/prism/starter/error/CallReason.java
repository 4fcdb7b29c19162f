package io.prism.starter.error;

import io.grpc.Status;

/** The reasons that any rpc of any service may fail with. */
public enum CallReason implements Reason {
  SESSION_TOKEN_MISSING(Status.Code.UNAUTHENTICATED),
  SESSION_TOKEN_INVALID(Status.Code.UNAUTHENTICATED),
  SESSION_TOKEN_CONFLICT(Status.Code.INVALID_ARGUMENT),
  SESSION_EXPIRED(Status.Code.UNAUTHENTICATED),
  SESSION_CLOSED(Status.Code.UNAUTHENTICATED),
  SESSION_READ_ONLY(Status.Code.FAILED_PRECONDITION),
  SESSION_TERMINATING(Status.Code.FAILED_PRECONDITION),
  /** Neither the keys nor the state of sessions could be had for longer than is safe. */
  SESSION_STATE_UNAVAILABLE(Status.Code.UNAVAILABLE),
  INTERNAL_CREDENTIALS_INVALID(Status.Code.UNAUTHENTICATED),
  PERMISSION_DENIED(Status.Code.PERMISSION_DENIED),
  RATE_LIMITED(Status.Code.RESOURCE_EXHAUSTED),
  OVERLOADED(Status.Code.UNAVAILABLE),
  DRAINING(Status.Code.UNAVAILABLE),
  INVALID_ARGUMENT(Status.Code.INVALID_ARGUMENT),
  LIMIT_EXCEEDED(Status.Code.INVALID_ARGUMENT),
  DEADLINE_EXCEEDED(Status.Code.DEADLINE_EXCEEDED),
  CANCELLED(Status.Code.CANCELLED),
  BACKEND_UNAVAILABLE(Status.Code.UNAVAILABLE),
  UNIMPLEMENTED(Status.Code.UNIMPLEMENTED),
  INTERNAL(Status.Code.INTERNAL);

  private final Status.Code code;

  CallReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
