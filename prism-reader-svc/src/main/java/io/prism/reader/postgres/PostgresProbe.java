package io.prism.reader.postgres;

import io.prism.starter.observe.BackendProbe;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Asks PostgreSQL for nothing in particular. */
public final class PostgresProbe implements BackendProbe {

  private static final int LIMIT_SECONDS = 3;

  private final DataSource dataSource;

  public PostgresProbe(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public void check() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(LIMIT_SECONDS);
      statement.execute("select 1");
    }
  }
}
