package io.prism.vector.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the Vector service's own failures. */
public enum VectorReason implements Reason {
  /** The vector has not the dimensions of the index. */
  DIMENSION_MISMATCH(Status.Code.INVALID_ARGUMENT),
  /** The vector has values that the index can't take. */
  VECTOR_INVALID(Status.Code.INVALID_ARGUMENT),
  /** The id is empty or too long. */
  ID_INVALID(Status.Code.INVALID_ARGUMENT),
  /** The metadata are too many or too long. */
  METADATA_INVALID(Status.Code.INVALID_ARGUMENT),
  /** The session's metric is not that of the index. */
  METRIC_MISMATCH(Status.Code.FAILED_PRECONDITION),
  /** What was found is more than an answer may have. */
  ANSWER_TOO_LARGE(Status.Code.RESOURCE_EXHAUSTED),
  /** This instance has as many indexes as it may. */
  INDEX_LIMIT_EXCEEDED(Status.Code.RESOURCE_EXHAUSTED);

  private final Status.Code code;

  VectorReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
