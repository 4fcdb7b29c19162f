package io.prism.transact.postgres;

import io.grpc.Context;
import io.prism.relational.PostgresFailures;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.error.Reason;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.domain.TransactReason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL's refusals of writes mean to a client. */
final class WriteFailures {

  private static final Duration CONFLICT_DELAY = Duration.ofMillis(20);
  private static final Duration OUTAGE_DELAY = Duration.ofSeconds(1);

  private WriteFailures() {}

  /** What a client is told; what nobody foresaw stays as it is. */
  static RuntimeException translated(Throwable failure, TimeLimit limit) {
    if (failure instanceof PrismException known) {
      return known;
    }
    SQLException sql = sqlCause(failure);
    if (sql == null) {
      return failure instanceof RuntimeException e ? e : new CompletionException(failure);
    }
    return switch (PostgresFailures.meaning(sql)) {
      case OUTAGE, READ_ONLY -> unavailable(sql);
      case POOL_EXHAUSTED -> PostgresFailures.overloaded(sql);
      case CANCELLED -> cancelled(limit);
      case SERIALIZATION_FAILURE ->
          conflict(
              TransactReason.SERIALIZATION_FAILURE,
              "another transaction changed what this one depends on; nothing was written");
      case DEADLOCK ->
          conflict(
              TransactReason.DEADLOCK,
              "this transaction and another one waited for each other; nothing was written");
      case UNIQUE_VIOLATION ->
          violation(TransactReason.UNIQUE_VIOLATION, "another row has the same value", sql);
      case FOREIGN_KEY_VIOLATION ->
          violation(
              TransactReason.FOREIGN_KEY_VIOLATION,
              "the row refers to one that is not there, or another one refers to it",
              sql);
      case CHECK_VIOLATION ->
          violation(TransactReason.CHECK_VIOLATION, "a value breaks a check of the table", sql);
      case NOT_NULL_VIOLATION ->
          violation(TransactReason.NOT_NULL_VIOLATION, "a column must have a value", sql);
      case EXCLUSION_VIOLATION ->
          violation(TransactReason.EXCLUSION_VIOLATION, "the row excludes another one", sql);
      case INVALID_DATA -> PostgresFailures.invalidData(sql);
      case SCHEMA_CHANGED, INSUFFICIENT_PRIVILEGE -> refused(sql);
      case OTHER -> other(sql, limit);
    };
  }

  private static RuntimeException other(SQLException failure, TimeLimit limit) {
    String state = String.valueOf(failure.getSQLState());
    return switch (state) {
      // A lock_timeout that somebody has set for the database.
      case "55P03" -> limit.exceeded();
      case "44000" ->
          violation(TransactReason.CHECK_VIOLATION, "a value breaks a check of the view", failure);
      case "428C9" ->
          PrismException.invalid("data.record", "a column that only the store generates");
      default ->
          // Errors of the operator's own triggers, limits of a row or an index, what is
          // unsupported.
          state.startsWith("P0") || state.startsWith("54") || state.startsWith("0A")
              ? refused(failure)
              : new CompletionException(failure);
    };
  }

  static @Nullable SQLException sqlCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  static PrismException unavailable(Throwable cause) {
    return PrismException.because(
            CallReason.BACKEND_UNAVAILABLE, "the store behind this service cannot be reached now")
        .retryAfter(OUTAGE_DELAY)
        .cause(cause)
        .build();
  }

  /** The connection broke while the commit was on its way. */
  static PrismException outcomeUnknown(Throwable cause, boolean isIdempotent) {
    PrismException.Builder unknown =
        PrismException.because(
                TransactReason.COMMIT_OUTCOME_UNKNOWN,
                isIdempotent
                    ? "the store went away during the commit; repeat with the same idempotency key"
                    : "the store went away during the commit, which may have been done or not")
            .cause(cause);
    return isIdempotent ? unknown.retryAfter(OUTAGE_DELAY).build() : unknown.build();
  }

  /** Whether a failure says that the store was out of reach, by a guard or by ourselves. */
  static boolean isOutage(Throwable failure) {
    return failure instanceof PrismException known
        ? known.reason() == CallReason.BACKEND_UNAVAILABLE
            || (known.reason() == CallReason.DEADLINE_EXCEEDED)
        : PostgresFailures.isOutage(failure);
  }

  private static PrismException cancelled(TimeLimit limit) {
    return Context.current().isCancelled() && !limit.isOver()
        ? PrismException.of(CallReason.CANCELLED, "the call is cancelled")
        : limit.exceeded();
  }

  private static PrismException conflict(Reason reason, String message) {
    return PrismException.because(reason, message).retryAfter(CONFLICT_DELAY).build();
  }

  private static PrismException violation(Reason reason, String message, SQLException failure) {
    PrismException.Builder violation =
        PrismException.because(
            reason,
            message
                + PostgresFailures.constraint(failure).map(name -> " (" + name + ")").orElse(""));
    PostgresFailures.constraint(failure).ifPresent(name -> violation.with("constraint", name));
    return violation.build();
  }

  private static PrismException refused(SQLException failure) {
    return PrismException.because(TransactReason.WRITE_REFUSED, "the database refuses the write")
        .with("sqlstate", String.valueOf(failure.getSQLState()))
        .cause(failure)
        .build();
  }
}
