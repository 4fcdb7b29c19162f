package io.prism.objectstore.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the ObjectStore service's own failures. */
public enum ObjectStoreReason implements Reason {
  OBJECT_NOT_FOUND(Status.Code.NOT_FOUND),
  OBJECT_ALREADY_EXISTS(Status.Code.ALREADY_EXISTS),
  OBJECT_TOO_LARGE(Status.Code.RESOURCE_EXHAUSTED),
  CHECKSUM_MISMATCH(Status.Code.INVALID_ARGUMENT),
  RANGE_INVALID(Status.Code.OUT_OF_RANGE),
  /** The object was replaced while it was read. */
  OBJECT_CHANGED(Status.Code.ABORTED),
  CONTINUATION_TOKEN_INVALID(Status.Code.INVALID_ARGUMENT),
  /** The store refuses the service itself: credentials, rights or the name of its bucket. */
  STORE_MISCONFIGURED(Status.Code.FAILED_PRECONDITION);

  private final Status.Code code;

  ObjectStoreReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
