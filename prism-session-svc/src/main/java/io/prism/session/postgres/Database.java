package io.prism.session.postgres;

import io.prism.starter.backend.BackendGuard;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.function.Supplier;
import org.hibernate.TransactionException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs transactions; an outage of PostgreSQL becomes UNAVAILABLE here. */
public final class Database {

  /** Connection failures, shutdown, too many connections, read-only (a standby). */
  private static final Set<String> OUTAGES =
      Set.of("57P01", "57P02", "57P03", "57P05", "53300", "25006", "58000", "58030");

  private static final String CONNECTION_CLASS = "08";

  private final BackendGuard guard;
  private final TransactionTemplate transactions;

  public Database(BackendGuard guard, TransactionTemplate transactions) {
    this.guard = guard;
    this.transactions = transactions;
  }

  /** Runs work that returns nothing in one transaction. */
  void run(String operation, Runnable work) {
    guard.call(
        operation,
        () -> {
          transactions.executeWithoutResult(status -> work.run());
          return true;
        });
  }

  /** Runs one statement, which is a transaction by itself. */
  <T> T single(String operation, Supplier<T> statement) {
    return guard.call(operation, statement::get);
  }

  /** Runs work in one transaction. */
  <T> T transaction(String operation, Supplier<T> work) {
    return guard.call(operation, () -> done(transactions.execute(status -> work.get())));
  }

  private static <T> T done(@Nullable T result) {
    if (result == null) {
      throw new IllegalStateException("a transaction returned nothing");
    }
    return result;
  }

  /** Whether a failure says that PostgreSQL is down or out of reach. */
  public static boolean isOutage(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isOutageItself(cause)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOutageItself(Throwable cause) {
    return switch (cause) {
      case DataAccessResourceFailureException e -> true;
      case CannotCreateTransactionException e -> true;
      case QueryTimeoutException e -> true;
      case SQLRecoverableException e -> true;
      // The connection broke in a transaction, so that not even a rollback was possible.
      case TransactionException e -> true;
      case SQLException sql -> isOutageState(sql);
      default -> false;
    };
  }

  private static boolean isOutageState(SQLException failure) {
    String state = failure.getSQLState();
    if (state == null) {
      return failure instanceof SQLTransientException;
    }
    return state.startsWith(CONNECTION_CLASS) || OUTAGES.contains(state);
  }
}
