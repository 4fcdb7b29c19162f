package io.prism.cache.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Asks PostgreSQL for nothing in particular. */
public final class PostgresProbe {

  private static final int LIMIT_SECONDS = 3;

  private final DataSource dataSource;

  public PostgresProbe(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Returns when it works; blocks for a few seconds at most. */
  public void check() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(LIMIT_SECONDS);
      statement.execute("select 1");
    }
  }
}
