package io.prism.cache.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the Cache service's own failures. */
public enum CacheReason implements Reason {
  /** What is to be incremented is no integer of 64 bits in decimal. */
  NOT_AN_INTEGER(Status.Code.FAILED_PRECONDITION),
  COUNTER_OVERFLOW(Status.Code.OUT_OF_RANGE),
  /** The values of one answer have more bytes than {@code prism.cache.get-multi.max-answer}. */
  ANSWER_TOO_LARGE(Status.Code.RESOURCE_EXHAUSTED),
  /** The configuration names a collection or field that is not there, or that cannot be used so. */
  SOURCE_MISCONFIGURED(Status.Code.FAILED_PRECONDITION),
  /** Values of this source are whole rows, which are written by Transact. */
  SOURCE_READ_ONLY(Status.Code.FAILED_PRECONDITION),
  /** The collection refuses the value, by a constraint of its table. */
  SOURCE_CONSTRAINT(Status.Code.FAILED_PRECONDITION);

  private final Status.Code code;

  CacheReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
