package io.prism.session.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons that rpcs of session-svc fail with, beyond those of every service. */
public enum SessionReason implements Reason {
  /** Whatever is wrong with them: the answer never tells. */
  INVALID_CREDENTIALS(Status.Code.UNAUTHENTICATED),
  /** Too many wrong credentials are waiting for their answer. */
  TOO_MANY_FAILED_LOGINS(Status.Code.RESOURCE_EXHAUSTED),
  TOO_MANY_SESSIONS(Status.Code.RESOURCE_EXHAUSTED),
  NAMESPACE_NOT_ALLOWED(Status.Code.PERMISSION_DENIED),
  NAMESPACE_NOT_FOUND(Status.Code.NOT_FOUND),
  NAMESPACE_ALREADY_EXISTS(Status.Code.ALREADY_EXISTS),
  NAMESPACE_SUSPENDED(Status.Code.FAILED_PRECONDITION),
  CONFIG_NOT_ALLOWED(Status.Code.PERMISSION_DENIED),
  CONFIG_NOT_FOUND(Status.Code.NOT_FOUND),
  CONFIG_ALREADY_EXISTS(Status.Code.ALREADY_EXISTS),
  API_KEY_NOT_FOUND(Status.Code.NOT_FOUND),
  /** More was to be granted than the caller has itself. */
  GRANT_NOT_ALLOWED(Status.Code.PERMISSION_DENIED),
  /** An instance did not take in changes as fast as they happen. */
  FEED_TOO_SLOW(Status.Code.UNAVAILABLE),
  SESSION_NOT_FOUND(Status.Code.NOT_FOUND);

  private final Status.Code code;

  SessionReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
