package io.prism.relational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.prism.relational.PostgresFailures.Meaning;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PostgresFailuresTest {

  private static final Schema schema = new Schema();

  @BeforeAll
  static void makeTables() {
    schema.execute(
        "create extension btree_gist",
        "create table parent (id int constraint parent_key primary key)",
        "create table t (id int constraint t_key primary key, n int not null,"
            + " p int constraint t_parent references parent,"
            + " c int constraint t_positive check (c > 0),"
            + " r int4range, constraint t_apart exclude using gist (r with &&))",
        "insert into t (id, n, r) values (1, 1, '[1,5)')");
  }

  private static SQLException failure(Connection connection, String... statements) {
    return catchThrowableOfType(
        SQLException.class,
        () -> {
          try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
              statement.execute(sql);
            }
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNIQUE_VIOLATION | t_key | insert into t (id, n) values (1, 1)",
        "NOT_NULL_VIOLATION | n | insert into t (id) values (2)",
        "FOREIGN_KEY_VIOLATION | t_parent | insert into t (id, n, p) values (2, 1, 7)",
        "CHECK_VIOLATION | t_positive | insert into t (id, n, c) values (2, 1, 0)",
        "EXCLUSION_VIOLATION | t_apart | insert into t (id, n, r) values (2, 1, '[4,6)')",
        "SCHEMA_CHANGED | | select * from nothing",
        "SCHEMA_CHANGED | | select nothing from t",
        "SCHEMA_CHANGED | | select n = 'x'::text from t",
        "INVALID_DATA | | select 'x'::int",
        "INVALID_DATA | | select 1/0",
        "INVALID_DATA | | select 99999999999::int",
        "READ_ONLY | | begin read only; delete from t",
        "CANCELLED | | set statement_timeout = 20; select pg_sleep(10)",
        "OTHER | | selekt"
      })
  void whatAnErrorMeansIsToldByItsState(Meaning meaning, String constraint, String sql)
      throws SQLException {
    try (Connection connection = schema.connect("&currentSchema=ns_web_shop")) {
      SQLException failure = failure(connection, sql);
      assertThat(PostgresFailures.meaning(new IllegalStateException(failure))).isEqualTo(meaning);
      assertThat(PostgresFailures.constraint(failure).orElse(null)).isEqualTo(constraint);
    }
  }

  @Test
  void aWriteSkewIsASerializationFailure() throws SQLException {
    try (Connection one = schema.connect("&currentSchema=ns_web_shop");
        Connection other = schema.connect("&currentSchema=ns_web_shop")) {
      for (Connection connection : new Connection[] {one, other}) {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        assertThat((Throwable) failure(connection, "select * from t")).isNull();
      }
      assertThat((Throwable) failure(one, "update t set n = 2 where id = 1")).isNull();
      one.commit();
      assertThat(PostgresFailures.meaning(failure(other, "update t set n = 3 where id = 1")))
          .isEqualTo(Meaning.SERIALIZATION_FAILURE);
    }
  }

  @Test
  void aPreparedStatementWhoseResultHasOtherTypesNowMeansThatTheSchemaChanged()
      throws SQLException {
    schema.execute("create table stale (a int)");
    try (Connection connection = schema.connect("&prepareThreshold=1")) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement =
          connection.prepareStatement("select a from ns_web_shop.stale")) {
        statement.executeQuery().close();
        statement.executeQuery().close();
        connection.commit();
        schema.execute("alter table stale alter a type text");
        SQLException failure = catchThrowableOfType(SQLException.class, statement::executeQuery);
        assertThat(PostgresFailures.meaning(failure)).isEqualTo(Meaning.SCHEMA_CHANGED);
      }
    }
  }

  @Test
  void aLostConnectionIsAnOutageAndAnEmptyPoolIsNot() throws SQLException {
    Schema other = new Schema();
    HikariConfig config = new HikariConfig();
    config.setDataSource(other.dataSource);
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(300);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Connection held = pool.getConnection()) {
        SQLException empty = catchThrowableOfType(SQLException.class, pool::getConnection);
        assertThat(PostgresFailures.meaning(empty)).isEqualTo(Meaning.POOL_EXHAUSTED);
        assertThat(PostgresFailures.isOutage(empty)).isFalse();
        other.database.cutOff();
        assertThat(PostgresFailures.isOutage(failure(held, "select 1"))).isTrue();
      }
      SQLException down = catchThrowableOfType(SQLException.class, pool::getConnection);
      assertThat(PostgresFailures.isOutage(down)).as("" + down).isTrue();
    } finally {
      other.database.restore();
    }
  }

  @Test
  void whatAClientIsToldHasNoSqlInIt() throws SQLException {
    try (Connection connection = schema.connect("")) {
      SQLException failure = failure(connection, "select 'secret'::int");
      assertThat(PostgresFailures.invalidData(failure).description())
          .isEqualTo("a value is not one of its column's type");
    }
  }
}
