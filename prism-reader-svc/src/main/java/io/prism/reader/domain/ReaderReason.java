package io.prism.reader.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the Reader service's own failures. */
public enum ReaderReason implements Reason {
  COLLECTION_NOT_FOUND(Status.Code.NOT_FOUND),
  /** PostgreSQL refuses to read it: no privilege, or a view whose functions fail or write. */
  COLLECTION_UNREADABLE(Status.Code.FAILED_PRECONDITION),
  CURSOR_INVALID(Status.Code.INVALID_ARGUMENT),
  COMPOSITE_KEY(Status.Code.UNIMPLEMENTED),
  NO_PRIMARY_KEY(Status.Code.FAILED_PRECONDITION),
  /** Too many rows of a collection without a key are alike: no page can end between them. */
  TOO_MANY_TIES(Status.Code.FAILED_PRECONDITION);

  private final Status.Code code;

  ReaderReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
