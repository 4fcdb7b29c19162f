package io.prism.transact.domain;

import io.grpc.Status;
import io.prism.starter.error.Reason;

/** The reasons of the Transact service's own failures. */
public enum TransactReason implements Reason {
  TABLE_NOT_FOUND(Status.Code.NOT_FOUND),
  /** It is a view: its rows are written elsewhere. */
  TABLE_NOT_WRITABLE(Status.Code.FAILED_PRECONDITION),
  UNIQUE_VIOLATION(Status.Code.ALREADY_EXISTS),
  FOREIGN_KEY_VIOLATION(Status.Code.FAILED_PRECONDITION),
  CHECK_VIOLATION(Status.Code.FAILED_PRECONDITION),
  NOT_NULL_VIOLATION(Status.Code.FAILED_PRECONDITION),
  EXCLUSION_VIOLATION(Status.Code.FAILED_PRECONDITION),
  /** The database refused for a reason of its own: a trigger, a row policy, a missing privilege. */
  WRITE_REFUSED(Status.Code.FAILED_PRECONDITION),
  SERIALIZATION_FAILURE(Status.Code.ABORTED),
  DEADLOCK(Status.Code.ABORTED),
  VERSION_MISMATCH(Status.Code.ABORTED),
  IDEMPOTENCY_KEY_REUSED(Status.Code.FAILED_PRECONDITION),
  TRANSACTION_TIMEOUT(Status.Code.DEADLINE_EXCEEDED),
  /** The client sent nothing for too long. */
  TRANSACTION_IDLE(Status.Code.ABORTED),
  TRANSACTION_NOT_STARTED(Status.Code.FAILED_PRECONDITION),
  TRANSACTION_ALREADY_STARTED(Status.Code.FAILED_PRECONDITION),
  /** A step failed before: only a rollback is possible. */
  TRANSACTION_FAILED(Status.Code.FAILED_PRECONDITION),
  TOO_MANY_TRANSACTIONS(Status.Code.RESOURCE_EXHAUSTED),
  /** The connection broke while the commit was on its way: it may have been written, or not. */
  COMMIT_OUTCOME_UNKNOWN(Status.Code.UNAVAILABLE);

  private final Status.Code code;

  TransactReason(Status.Code code) {
    this.code = code;
  }

  @Override
  public Status.Code code() {
    return code;
  }
}
