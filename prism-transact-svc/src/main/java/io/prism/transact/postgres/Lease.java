package io.prism.transact.postgres;

import com.zaxxer.hikari.HikariDataSource;
import io.grpc.Context;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.postgres.Watchdog.Watched;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for a while. It goes back to the pool only without a transaction and without a
 * doubt; else it is thrown away, and PostgreSQL rolls back what was open.
 *
 * <p>A connection on which something was cancelled is always in doubt: the cancellation might
 * arrive late, and hit whoever has the connection then.
 */
final class Lease implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Lease.class);

  /** For PostgreSQL to answer to a cancellation or a rollback. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final HikariDataSource pool;
  private final Connection connection;
  private final BaseConnection driver;
  private final Runnable release;
  private final Watchdog watchdog;
  private boolean doubtful;
  private boolean closed;
  private @Nullable ScheduledFuture<?> abortion;

  Lease(HikariDataSource pool, Connection connection, Runnable release, Watchdog watchdog)
      throws SQLException {
    this.pool = pool;
    this.connection = connection;
    this.driver = connection.unwrap(BaseConnection.class);
    this.release = release;
    this.watchdog = watchdog;
  }

  Connection connection() {
    return connection;
  }

  /** Whether a transaction is open and has not failed. */
  boolean isInTransaction() {
    return driver.getTransactionState() == TransactionState.OPEN;
  }

  /** Ends what runs on the connection when the limit is over or the client is gone. */
  Watch watch(TimeLimit limit) {
    Watched watched = watchdog.watch(limit, this::cancel);
    Context call = Context.current();
    Context.CancellationListener gone = ended -> cancel();
    call.addListener(gone, Runnable::run);
    return () -> {
      watchdog.forget(watched);
      call.removeListener(gone);
    };
  }

  /** Stands while something is watched. */
  @FunctionalInterface
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /** Ends what runs on the connection; returns at once, from any thread. */
  void cancel() {
    synchronized (this) {
      if (closed || doubtful) {
        return;
      }
      doubtful = true;
      abortion = watchdog.after(GRACE, this::abort);
    }
    Thread.startVirtualThread(
        () -> {
          try {
            driver.cancelQuery();
          } catch (SQLException e) {
            log.debug("a cancellation did not reach PostgreSQL", e);
          }
        });
  }

  /** PostgreSQL does not answer: the connection is closed under whoever waits for it. */
  private void abort() {
    synchronized (this) {
      if (closed) {
        return;
      }
      doubtful = true;
    }
    Thread.startVirtualThread(
        () -> {
          try {
            driver.abort(Runnable::run);
          } catch (SQLException e) {
            log.debug("a connection cannot be aborted", e);
          }
        });
  }

  /** Rolls back what is open, and gives the connection back. */
  @Override
  public void close() {
    boolean idle = rolledBack();
    boolean clean;
    ScheduledFuture<?> pending;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      clean = idle && !doubtful;
      pending = abortion;
    }
    if (pending != null) {
      pending.cancel(false);
    }
    try {
      if (!clean) {
        pool.evictConnection(connection);
      }
      connection.close();
    } catch (SQLException e) {
      log.debug("a connection cannot be closed", e);
    } finally {
      release.run();
    }
  }

  private boolean rolledBack() {
    ScheduledFuture<?> limit = null;
    try {
      if (connection.isClosed()) {
        return false;
      }
      if (driver.getTransactionState() == TransactionState.IDLE) {
        return true;
      }
      limit = watchdog.after(GRACE, this::abort);
      try (Statement statement = connection.createStatement()) {
        statement.execute("rollback");
      }
      return driver.getTransactionState() == TransactionState.IDLE;
    } catch (SQLException e) {
      log.debug("a rollback failed, the connection is thrown away", e);
      return false;
    } finally {
      if (limit != null) {
        limit.cancel(false);
      }
    }
  }
}
