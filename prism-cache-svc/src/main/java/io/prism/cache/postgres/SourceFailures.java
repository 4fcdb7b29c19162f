package io.prism.cache.postgres;

import io.prism.cache.domain.CacheReason;
import io.prism.relational.PostgresFailures;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.TransactionException;

/** What failures of PostgreSQL mean for values and their keys. */
public final class SourceFailures {

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  private SourceFailures() {}

  /** Whether a failure says that PostgreSQL is down or out of reach; for a guard. */
  public static boolean isOutage(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // The connection broke in a transaction, so that not even a rollback was possible.
      if (cause instanceof TransactionException) {
        return true;
      }
    }
    return PostgresFailures.isOutage(failure);
  }

  static RuntimeException translated(RuntimeException failure) {
    if (failure instanceof PrismException known) {
      return known;
    }
    return switch (PostgresFailures.meaning(failure)) {
      case POOL_EXHAUSTED -> PostgresFailures.overloaded(failure);
      case CANCELLED ->
          PrismException.because(CallReason.DEADLINE_EXCEEDED, "the source took longer than it may")
              .cause(failure)
              .build();
      case INVALID_DATA -> PostgresFailures.invalidData(failure);
      case UNIQUE_VIOLATION,
          FOREIGN_KEY_VIOLATION,
          CHECK_VIOLATION,
          NOT_NULL_VIOLATION,
          EXCLUSION_VIOLATION ->
          constraint(failure);
      case INSUFFICIENT_PRIVILEGE, READ_ONLY ->
          PrismException.because(
                  CacheReason.SOURCE_MISCONFIGURED,
                  "the service has no privilege for what it is to do in the collection")
              .cause(failure)
              .build();
      case SERIALIZATION_FAILURE, DEADLOCK ->
          PrismException.because(
                  CallReason.OVERLOADED, "writes of one row were in each other's way")
              .retryAfter(RETRY_DELAY)
              .cause(failure)
              .build();
      case OUTAGE, SCHEMA_CHANGED, OTHER -> failure;
    };
  }

  private static PrismException constraint(RuntimeException failure) {
    PrismException.Builder refused =
        PrismException.because(
            CacheReason.SOURCE_CONSTRAINT, "the collection refuses the value by a constraint");
    Optional<String> name = PostgresFailures.constraint(failure);
    name.ifPresent(constraint -> refused.with("constraint", constraint));
    return refused.build();
  }
}
