package io.prism.bench.relational;

import io.prism.bench.client.PrismClient;
import io.prism.bench.deployment.Database;
import io.prism.bench.scenario.Bench;
import io.prism.relational.SchemaName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A table of orders that is there only while it is needed. Their ids are those from 1 to {@link
 * #rows}, and each customer has {@link #ROWS_PER_CUSTOMER} of them.
 *
 * @param name as a client of Prism knows it
 * @param customers how many customers there are, numbered from 0
 */
public record BenchTable(Database database, String name, int customers) implements AutoCloseable {
  static final int ROWS_PER_CUSTOMER = 200;

  private static final int MAX_ROWS = 100_000;
  private static final String SCHEMA = SchemaName.of(PrismClient.NAMESPACE).name();

  /** Makes a table, which goes with the scenario. */
  public static BenchTable create(Bench bench, String scenario)
      throws SQLException, InterruptedException {
    int customers = Math.max(1, Math.min(MAX_ROWS, bench.effort().messages()) / ROWS_PER_CUSTOMER);
    String name = "bench_" + scenario.replace('-', '_');
    BenchTable table =
        bench.closeLater(new BenchTable(bench.deployment().database(), name, customers));
    table.fill();
    return table;
  }

  /** As PostgreSQL knows it. */
  public String stored() {
    return SCHEMA + "." + name;
  }

  public int rows() {
    return customers * ROWS_PER_CUSTOMER;
  }

  private void fill() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create schema if not exists " + SCHEMA);
      statement.execute(
          """
          create table %s (
            id bigint primary key,
            customer int4 not null,
            note text not null,
            amount numeric(12, 2) not null,
            placed_at timestamptz not null,
            paid bool not null)
          """
              .formatted(stored()));
      statement.execute(
          """
          insert into %s (%s)
          select i, i %% %d, 'order ' || md5(i::text), (i %% 1000000) / 100.0,
            timestamptz '2026-01-01 00:00Z' + i * interval '1 second', i %% 3 = 0
          from generate_series(1, %d) as i
          """
              .formatted(stored(), Order.COLUMNS, customers, rows()));
      statement.execute("create index on %s (customer, id)".formatted(stored()));
      // Vacuumed too, or it is done in the midst of a round.
      statement.execute("vacuum (analyze) " + stored());
    }
  }

  @Override
  public void close() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists " + stored());
    }
  }
}
