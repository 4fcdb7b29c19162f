package io.prism.relational;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.backend.BackendProperties;
import io.prism.starter.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of a test, with the schema of one namespace. */
final class Schema {

  static final String NAMESPACE = "web-shop";

  final PostgresFixture.Database database = PostgresFixture.database();
  final PGSimpleDataSource dataSource = new PGSimpleDataSource();

  Schema() {
    dataSource.setUrl(database.url());
    dataSource.setUser(database.username());
    dataSource.setPassword(database.password());
    execute("create schema ns_web_shop");
  }

  void execute(String... statements) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path to ns_web_shop");
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection with further parameters of the driver, {@code &name=value}. */
  Connection connect(String parameters) throws SQLException {
    return DriverManager.getConnection(
        database.url() + parameters, database.username(), database.password());
  }

  BackendGuard guard() {
    return new BackendGuards(
            new BackendProperties(
                50, 20, Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(3)),
            new SimpleMeterRegistry())
        .guard("postgresql", PostgresFailures::isOutage);
  }

  Catalogue catalogue() {
    return new Catalogue(dataSource, guard());
  }
}
