package io.prism.bench.timeseries;

import io.prism.bench.load.Attempt;
import io.prism.bench.scenario.Bench;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** A table of the same events in a DuckDB database of the driver's own. */
final class DirectDuckDb implements AutoCloseable {
  private final DuckDBConnection connection;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  private DirectDuckDb(DuckDBConnection connection) {
    this.connection = connection;
  }

  static DirectDuckDb open(Bench bench, String name) throws SQLException {
    DuckDBConnection connection =
        DriverManager.getConnection(
                "jdbc:duckdb:" + bench.deployment().file("direct-" + name + ".duckdb"))
            .unwrap(DuckDBConnection.class);
    DirectDuckDb opened = bench.closeLater(new DirectDuckDb(connection));
    opened.execute(
        """
        CREATE OR REPLACE TABLE events (
          namespace VARCHAR NOT NULL, timestamp BIGINT NOT NULL, event_type VARCHAR NOT NULL,
          source VARCHAR NOT NULL, event_id VARCHAR NOT NULL, tie BIGINT NOT NULL,
          dimensions MAP(VARCHAR, VARCHAR) NOT NULL, metrics MAP(VARCHAR, DOUBLE) NOT NULL,
          payload VARCHAR NOT NULL, expires INTEGER NOT NULL, rollup_dimensions VARCHAR NOT NULL)
        """);
    return opened;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** How many rows a query has. */
  int rows(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }
  }

  /** Something that blocks, as an operation of a load. */
  void run(Attempt attempt, Work work) {
    thread.execute(
        () -> {
          try {
            work.run();
            attempt.succeeded();
          } catch (SQLException | RuntimeException e) {
            attempt.failed(e);
          }
        });
  }

  /** What {@link #run} runs. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  /** Appends one batch of events, which are durable then. */
  void append(Requests requests, int events) throws SQLException {
    try (DuckDBAppender appender = connection.createAppender("events")) {
      for (int i = 0; i < events; i++) {
        long number = requests.number();
        appender
            .beginRow()
            .append("default")
            .append(requests.timestamp(number))
            .append(Requests.TYPE)
            .append("web")
            .append("")
            .append(number)
            .append(
                Map.of(
                    Requests.REGION, Requests.region(number), Requests.HOST, Requests.host(number)))
            .append(
                Map.of(
                    Requests.LATENCY,
                    Requests.latency(number),
                    Requests.BYTES,
                    Requests.bytes(number)))
            .append(Requests.PAYLOAD)
            .append(100_000)
            .append(Requests.REGION)
            .endRow();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    thread.close();
    connection.close();
  }
}
