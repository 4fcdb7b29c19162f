package io.prism.relational;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL's errors mean, by SQLSTATE. */
public final class PostgresFailures {

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  /** Shutdown, crash, start, lost session, too many connections, disk trouble. */
  private static final Set<String> OUTAGES =
      Set.of("57P01", "57P02", "57P03", "57P05", "53300", "58000", "58030");

  /** Table, column, schema, function or operator not there, or columns of other types. */
  private static final Set<String> SCHEMA_CHANGES =
      Set.of("42P01", "42703", "3F000", "42883", "42804");

  private static final String FEATURE_NOT_SUPPORTED = "0A000";
  private static final String PLAN_CHECK = "RevalidateCachedQuery";

  /** What a failure means for the one who made the call. */
  public enum Meaning {
    /** PostgreSQL is down or out of reach. */
    OUTAGE,
    /** All connections of this instance were busy for longer than the pool waits. */
    POOL_EXHAUSTED,
    /** A time limit of PostgreSQL's ended the statement, or somebody cancelled it. */
    CANCELLED,
    SERIALIZATION_FAILURE,
    DEADLOCK,
    UNIQUE_VIOLATION,
    FOREIGN_KEY_VIOLATION,
    CHECK_VIOLATION,
    NOT_NULL_VIOLATION,
    EXCLUSION_VIOLATION,
    /** The statement was made for another shape of the table: forget the catalogue, try again. */
    SCHEMA_CHANGED,
    /** A value is none of its type, or out of its range (class 22). */
    INVALID_DATA,
    /** Something tried to write in a transaction that may only read. */
    READ_ONLY,
    INSUFFICIENT_PRIVILEGE,
    OTHER
  }

  private PostgresFailures() {}

  /** Whether a failure says that PostgreSQL is down or out of reach; for a guard. */
  public static boolean isOutage(Throwable failure) {
    return meaning(failure) == Meaning.OUTAGE;
  }

  /** What a failure means; the first SQLException among its causes decides. */
  public static Meaning meaning(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return meaning(sql);
      }
    }
    return Meaning.OTHER;
  }

  private static Meaning meaning(SQLException failure) {
    // The pool's own time-out. Its cause is why it could not connect, if that was the trouble.
    if (failure instanceof SQLTransientConnectionException && !(failure instanceof PSQLException)) {
      return failure.getCause() == null ? Meaning.POOL_EXHAUSTED : Meaning.OUTAGE;
    }
    String state = failure.getSQLState();
    if (state == null) {
      return Meaning.OTHER;
    }
    if (state.startsWith("08") || OUTAGES.contains(state) || isFatal(failure)) {
      return Meaning.OUTAGE;
    }
    if (SCHEMA_CHANGES.contains(state) || isStalePlan(failure, state)) {
      return Meaning.SCHEMA_CHANGED;
    }
    return switch (state) {
      case "57014" -> Meaning.CANCELLED;
      case "40001" -> Meaning.SERIALIZATION_FAILURE;
      case "40P01" -> Meaning.DEADLOCK;
      case "23505" -> Meaning.UNIQUE_VIOLATION;
      // The second is what PostgreSQL 18 says of ON DELETE RESTRICT.
      case "23503", "23001" -> Meaning.FOREIGN_KEY_VIOLATION;
      case "23514" -> Meaning.CHECK_VIOLATION;
      case "23502" -> Meaning.NOT_NULL_VIOLATION;
      case "23P01" -> Meaning.EXCLUSION_VIOLATION;
      case "25006" -> Meaning.READ_ONLY;
      case "42501" -> Meaning.INSUFFICIENT_PRIVILEGE;
      default -> state.startsWith("22") ? Meaning.INVALID_DATA : Meaning.OTHER;
    };
  }

  /** The end of a connection, or the refusal of a new one, for whatever reason. */
  private static boolean isFatal(SQLException failure) {
    ServerErrorMessage message = serverMessage(failure);
    return message != null && "FATAL".equals(message.getSeverity());
  }

  /** A prepared statement whose result would have other types now. */
  private static boolean isStalePlan(SQLException failure, String state) {
    ServerErrorMessage message = serverMessage(failure);
    return state.equals(FEATURE_NOT_SUPPORTED)
        && message != null
        && PLAN_CHECK.equals(message.getRoutine());
  }

  /** The constraint that a failure names; of a NOT NULL, the column. */
  public static Optional<String> constraint(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        ServerErrorMessage message = serverMessage(sql);
        if (message == null) {
          return Optional.empty();
        }
        String name = message.getConstraint();
        return Optional.ofNullable(name == null ? message.getColumn() : name);
      }
    }
    return Optional.empty();
  }

  private static @Nullable ServerErrorMessage serverMessage(SQLException failure) {
    return failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
  }

  /** All connections of this instance are busy: UNAVAILABLE, with a delay after which to retry. */
  public static PrismException overloaded(Throwable cause) {
    return PrismException.because(
            CallReason.OVERLOADED, "all connections of this instance to the store are busy")
        .retryAfter(RETRY_DELAY)
        .cause(cause)
        .build();
  }

  /**
   * A value that only PostgreSQL could tell to be wrong: INVALID_ARGUMENT, in our words, since
   * PostgreSQL's may quote SQL.
   */
  public static PrismException invalidData(Throwable failure) {
    String state = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        state = sql.getSQLState();
        break;
      }
    }
    String what =
        switch (state) {
          case "22001" -> "a string is too long for its column";
          case "22003" -> "a number is out of the range of its column";
          case "22007", "22008" -> "a date or time is out of range";
          case "22P02" -> "a value is not one of its column's type";
          case "22012" -> "a division by zero";
          default -> "a value does not suit its column";
        };
    return PrismException.because(CallReason.INVALID_ARGUMENT, what)
        .with("sqlstate", state)
        .build();
  }
}
