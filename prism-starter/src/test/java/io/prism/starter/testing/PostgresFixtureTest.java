package io.prism.starter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class PostgresFixtureTest {

  @Test
  void everyDatabaseIsNewAndEmpty() throws SQLException {
    PostgresFixture.Database one = PostgresFixture.database();
    PostgresFixture.Database other = PostgresFixture.database();
    try (Connection connection = open(one);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id int)");
    }
    try (Connection connection = open(other);
        Statement statement = connection.createStatement();
        ResultSet tables =
            statement.executeQuery("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getInt(1)).isZero();
    }
  }

  @Test
  void aDatabaseCanBeCutOffAndComesBack() throws SQLException {
    PostgresFixture.Database database = PostgresFixture.database();
    try (Connection connection = open(database)) {
      database.cutOff();
      assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> open(database)).isInstanceOf(SQLException.class);
    }
    database.restore();
    open(database).close();
  }

  private static Connection open(PostgresFixture.Database database) throws SQLException {
    return DriverManager.getConnection(database.url(), database.username(), database.password());
  }
}
