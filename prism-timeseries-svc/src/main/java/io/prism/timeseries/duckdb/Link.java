package io.prism.timeseries.duckdb;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** A connection, and the end of what runs on it when nobody waits for that any more. */
final class Link {

  private final DuckDBConnection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable PreparedStatement running;
  private boolean cancelled;

  Link(DuckDBConnection connection) {
    this.connection = connection;
  }

  /** Prepares a statement, to be run as the only one of the connection. */
  PreparedStatement prepare(String sql, List<Object> values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      lock.lock();
      try {
        if (cancelled) {
          throw new SQLException("INTERRUPT Error: nobody waits for the result");
        }
        running = statement;
      } finally {
        lock.unlock();
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  DuckDBAppender appender(String table) throws SQLException {
    return connection.createAppender(table);
  }

  DuckDBAppender temporaryAppender(String table) throws SQLException {
    return connection.createAppender("temp", "main", table);
  }

  /** Ends the statement that runs; none begins any more. */
  void cancel() throws SQLException {
    lock.lock();
    try {
      cancelled = true;
      if (running != null && !running.isClosed()) {
        running.cancel();
      }
    } finally {
      lock.unlock();
    }
  }
}
