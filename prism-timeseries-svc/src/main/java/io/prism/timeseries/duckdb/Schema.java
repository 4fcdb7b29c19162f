package io.prism.timeseries.duckdb;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables, step by step: what has run once stays as it is, and changes are further steps. */
final class Schema {

  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE events (
            namespace VARCHAR NOT NULL,
            timestamp BIGINT NOT NULL,
            event_type VARCHAR NOT NULL,
            source VARCHAR NOT NULL,
            event_id VARCHAR NOT NULL,
            tie BIGINT NOT NULL,
            dimensions MAP(VARCHAR, VARCHAR) NOT NULL,
            metrics MAP(VARCHAR, DOUBLE) NOT NULL,
            payload VARCHAR NOT NULL,
            expires INTEGER NOT NULL,
            rollup_dimensions VARCHAR NOT NULL);

          -- How many events each minute has ever got: what a rollup must have seen.
          CREATE TABLE touched (
            namespace VARCHAR NOT NULL,
            minute BIGINT NOT NULL,
            events BIGINT NOT NULL,
            expires INTEGER NOT NULL,
            PRIMARY KEY (namespace, minute));

          -- What was rolled up: how many events it saw, and the dimensions that all of them kept.
          CREATE TABLE rolled (
            namespace VARCHAR NOT NULL,
            resolution INTEGER NOT NULL,
            bucket BIGINT NOT NULL,
            seen BIGINT NOT NULL,
            covers VARCHAR[] NOT NULL,
            expires INTEGER NOT NULL,
            PRIMARY KEY (namespace, resolution, bucket));

          -- The metric '' stands for the events themselves.
          CREATE TABLE rollups (
            namespace VARCHAR NOT NULL,
            resolution INTEGER NOT NULL,
            bucket BIGINT NOT NULL,
            expires INTEGER NOT NULL,
            event_type VARCHAR NOT NULL,
            source VARCHAR NOT NULL,
            dimensions MAP(VARCHAR, VARCHAR) NOT NULL,
            metric VARCHAR NOT NULL,
            n BIGINT NOT NULL,
            total DOUBLE NOT NULL,
            lowest DOUBLE NOT NULL,
            highest DOUBLE NOT NULL,
            sketch MAP(INTEGER, BIGINT) NOT NULL);
          """);

  private Schema() {}

  /** Brings a database up to date. */
  static void bring(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
      int version = version(statement);
      if (version > STEPS.size()) {
        throw new SQLException(
            "the tables are of version %d (expected: at most %d, as this release knows)"
                .formatted(version, STEPS.size()));
      }
      for (int step = version; step < STEPS.size(); step++) {
        statement.execute("BEGIN");
        statement.execute(STEPS.get(step));
        statement.execute("DELETE FROM schema_version");
        statement.execute("INSERT INTO schema_version VALUES (%d)".formatted(step + 1));
        statement.execute("COMMIT");
      }
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet found = statement.executeQuery("SELECT max(version) FROM schema_version")) {
      found.next();
      return found.getInt(1);
    }
  }
}
