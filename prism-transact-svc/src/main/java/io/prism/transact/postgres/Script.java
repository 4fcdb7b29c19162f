package io.prism.transact.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statements that go to PostgreSQL together and so cost one round trip, but for those whose rows
 * may be of any size: the driver reads all answers before it sends one of these. The first that
 * fails is the last that runs.
 *
 * <p>BEGIN and COMMIT are among them, on connections that the driver takes to be in autocommit
 * mode: it would send each of them on its own.
 */
final class Script {

  /** Sets the parameters of one statement, the first of which has this index; returns the next. */
  @FunctionalInterface
  interface Binder {
    int bind(PreparedStatement statement, int index) throws SQLException;
  }

  /** Takes the rows of one statement. */
  @FunctionalInterface
  interface Reader {
    void read(ResultSet rows) throws SQLException;
  }

  private record Step(String sql, @Nullable Binder binder, @Nullable Reader reader) {}

  private final List<Step> steps = new ArrayList<>(6);

  Script then(String sql) {
    steps.add(new Step(sql, null, null));
    return this;
  }

  Script then(String sql, Binder binder) {
    steps.add(new Step(sql, binder, null));
    return this;
  }

  Script then(String sql, Binder binder, Reader reader) {
    steps.add(new Step(sql, binder, reader));
    return this;
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  void run(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text())) {
      int index = 1;
      for (Step step : steps) {
        if (step.binder() != null) {
          index = step.binder().bind(statement, index);
        }
      }
      statement.execute();
      for (Step step : steps) {
        if (step.reader() != null) {
          try (ResultSet rows = statement.getResultSet()) {
            step.reader().read(rows);
          }
        }
        statement.getMoreResults();
      }
    }
  }

  private String text() {
    if (steps.size() == 1) {
      return steps.getFirst().sql();
    }
    StringBuilder text = new StringBuilder(512);
    for (Step step : steps) {
      text.append(step.sql()).append(";\n");
    }
    return text.toString();
  }
}
