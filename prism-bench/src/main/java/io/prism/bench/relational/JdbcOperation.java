package io.prism.bench.relational;

import io.prism.bench.load.Attempt;
import io.prism.bench.load.Operation;
import io.prism.bench.load.WorkNotDone;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Work as an application does it that uses JDBC: on a virtual thread, with a pool's connection. */
record JdbcOperation(DataSource pool, Quota quota, Work work) implements Operation {

  /** What is done, and then committed. */
  @FunctionalInterface
  interface Work {
    /** Returns for how many rows it was done. */
    long run(Connection connection) throws SQLException;
  }

  @Override
  public void start(Attempt attempt) {
    Thread.startVirtualThread(() -> run(attempt));
  }

  private void run(Attempt attempt) {
    try {
      quota
          .defect(transaction())
          .ifPresentOrElse(defect -> attempt.failed(new WorkNotDone(defect)), attempt::succeeded);
    } catch (SQLException | RuntimeException e) {
      attempt.failed(e);
    }
  }

  private long transaction() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      long rows = work.run(connection);
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
      return rows;
    }
  }
}
