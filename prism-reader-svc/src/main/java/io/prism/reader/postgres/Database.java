package io.prism.reader.postgres;

import io.grpc.Context;
import io.prism.reader.domain.ReaderReason;
import io.prism.relational.PostgresFailures;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.call.CallEnd;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Runs short transactions that may only read, each within the time that its call has left and a
 * time limit; a call that ends cancels what runs for it.
 */
public final class Database implements AutoCloseable {

  /** To cancel takes a connection of its own, so it must not run on the thread that tells of it. */
  private static final Executor CANCELLING = Thread::startVirtualThread;

  private static final String READ_ONLY = "default_transaction_read_only";

  /** Of SQLSTATEs. */
  private static final Set<String> COLLECTION_CLASSES =
      Set.of("0A", "21", "25", "2F", "38", "39", "55", "P0");

  private final DataSource dataSource;
  private final BackendGuard guard;
  private final Duration timeLimit;
  private final ScheduledThreadPoolExecutor timer;

  /**
   * @param guard around each transaction
   * @param timeLimit of a transaction whose call has more time left, or no deadline
   */
  public Database(DataSource dataSource, BackendGuard guard, Duration timeLimit) {
    this.dataSource = dataSource;
    this.guard = guard;
    this.timeLimit = timeLimit;
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("prism-reader-timer").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** What is done in a transaction. */
  interface Work<T> {
    T run(Connection connection, Cancellation cancellation) throws SQLException;
  }

  /** What is done with the rows of a statement. */
  interface Rows<T> {
    T take(ResultSet rows) throws SQLException;
  }

  /**
   * Runs a transaction of one statement, whose rows must fit into memory: in one round trip instead
   * of two where the connection is known to be read-only.
   *
   * @throws PrismException see {@link io.prism.reader.domain.Collections}
   * @throws SchemaChanged when a table or column is not what the statement takes it for
   */
  <T> T select(String operation, Sql sql, Sql.Values values, Rows<T> rows) {
    return limited(operation, cancellation -> statement(sql, values, rows, cancellation));
  }

  /**
   * Runs a transaction.
   *
   * @throws PrismException see {@link io.prism.reader.domain.Collections}
   * @throws SchemaChanged when a table or column is not what the statement takes it for
   */
  <T> T read(String operation, Work<T> work) {
    return limited(operation, cancellation -> transaction(work, cancellation));
  }

  private interface Limited<T> {
    T run(Cancellation cancellation) throws SQLException;
  }

  private <T> T limited(String operation, Limited<T> work) {
    Context.CancellableContext limited =
        Context.current().withDeadlineAfter(timeLimit.toNanos(), TimeUnit.NANOSECONDS, timer);
    Cancellation cancellation = new Cancellation();
    limited.addListener(cancellation, CANCELLING);
    try {
      return guard.call(operation, () -> work.run(cancellation));
    } catch (PrismException e) {
      throw e;
    } catch (RuntimeException e) {
      throw translated(e);
    } finally {
      limited.removeListener(cancellation);
      limited.cancel(null);
    }
  }

  private <T> T transaction(Work<T> work, Cancellation cancellation) throws SQLException {
    try (Connection connection = connection()) {
      connection.setAutoCommit(false);
      T result = work.run(connection, cancellation);
      connection.commit();
      return result;
    }
  }

  private <T> T statement(Sql sql, Sql.Values values, Rows<T> rows, Cancellation cancellation)
      throws SQLException {
    try (Connection connection = connection()) {
      boolean alone = isReadOnly(connection);
      connection.setAutoCommit(alone);
      T result = run(connection, sql, values, rows, cancellation);
      if (!alone) {
        connection.commit();
      }
      return result;
    }
  }

  /** As the pool's connections are configured; whoever configures them otherwise gets it, too. */
  private Connection connection() throws SQLException {
    Connection connection = dataSource.getConnection();
    connection.setReadOnly(true);
    return connection;
  }

  private static <T> T run(
      Connection connection, Sql sql, Sql.Values values, Rows<T> rows, Cancellation cancellation)
      throws SQLException {
    try (PreparedStatement statement = sql.prepareWhole(connection, values)) {
      cancellation.begin(statement);
      try (ResultSet result = statement.executeQuery()) {
        return rows.take(result);
      } finally {
        cancellation.end();
      }
    }
  }

  /**
   * Whether a statement can only read without being told so. The pool's connections begin that way,
   * and PostgreSQL reports each change: a function of a view may have made one.
   */
  private static boolean isReadOnly(Connection connection) throws SQLException {
    return "on".equals(connection.unwrap(PGConnection.class).getParameterStatus(READ_ONLY));
  }

  private static RuntimeException translated(RuntimeException failure) {
    return switch (PostgresFailures.meaning(failure)) {
      case POOL_EXHAUSTED -> PostgresFailures.overloaded(failure);
      case CANCELLED -> ended(failure);
      case SCHEMA_CHANGED -> new SchemaChanged(failure);
      case INVALID_DATA -> PostgresFailures.invalidData(failure);
      case READ_ONLY ->
          unreadable(
              "a function of the collection tries to write, which reading must not", failure);
      case INSUFFICIENT_PRIVILEGE ->
          unreadable("the service has no privilege to read the collection", failure);
      case OUTAGE,
          SERIALIZATION_FAILURE,
          DEADLOCK,
          UNIQUE_VIOLATION,
          FOREIGN_KEY_VIOLATION,
          CHECK_VIOLATION,
          NOT_NULL_VIOLATION,
          EXCLUSION_VIOLATION ->
          failure;
      case OTHER ->
          isOfCollection(failure)
              ? unreadable("a function of the collection fails", failure)
              : failure;
    };
  }

  /**
   * What the SQL that clients cannot see raises: errors of functions, subqueries that give too many
   * rows, attempts to change the transaction, a materialized view that was never filled.
   */
  private static boolean isOfCollection(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return COLLECTION_CLASSES.contains(sql.getSQLState().substring(0, 2));
      }
    }
    return false;
  }

  private static PrismException ended(Throwable failure) {
    return CallEnd.of(Context.current()).orElseGet(() -> tooSlow(failure));
  }

  static PrismException tooSlow(@Nullable Throwable failure) {
    return PrismException.because(CallReason.DEADLINE_EXCEEDED, "the store took longer than it may")
        .cause(failure)
        .build();
  }

  /** Of a transaction whose call has more time left, or no deadline. */
  Duration timeLimit() {
    return timeLimit;
  }

  static PrismException unreadable(String what, Throwable failure) {
    return PrismException.because(ReaderReason.COLLECTION_UNREADABLE, what).cause(failure).build();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
