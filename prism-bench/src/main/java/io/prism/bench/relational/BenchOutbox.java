package io.prism.bench.relational;

import io.prism.bench.client.Payload;
import io.prism.bench.deployment.Database;
import io.prism.bench.scenario.Bench;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An outbox as applications have it: a table of messages, and one of counters with a row per
 * mailbox. To count is to lock, so messages are numbered in the order of commits. It needs READ
 * COMMITTED: in a higher level, all but the first of those who wait for a counter would fail.
 *
 * @param messages the table of messages
 * @param counters the table of counters
 */
record BenchOutbox(Database database, String messages, String counters) implements AutoCloseable {
  /** How many mailboxes there are, numbered from 0. */
  static final int MAILBOXES = 8;

  private static final byte[] PAYLOAD = Payload.bytes();

  /** Makes an outbox beside a table, which goes with the scenario. */
  static BenchOutbox create(Bench bench, BenchTable table)
      throws SQLException, InterruptedException {
    BenchOutbox outbox =
        bench.closeLater(
            new BenchOutbox(
                bench.deployment().database(),
                table.stored() + "_message",
                table.stored() + "_counter"));
    outbox.fill();
    return outbox;
  }

  private void fill() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table %s (
            mailbox int4 not null,
            sequence bigint not null,
            message bytea not null,
            created_at timestamptz not null default now(),
            primary key (mailbox, sequence))
          """
              .formatted(messages));
      statement.execute(
          "create table %s (mailbox int4 primary key, last bigint not null)".formatted(counters));
      statement.execute(
          "insert into %s select i, 0 from generate_series(0, %d) as i"
              .formatted(counters, MAILBOXES - 1));
    }
  }

  /** Writes a message of 1 KB into a mailbox; returns how many rows that are. */
  int insert(Connection connection, int mailbox) throws SQLException {
    String insert =
        """
        with counter as (update %s set last = last + 1 where mailbox = ? returning mailbox, last)
        insert into %s (mailbox, sequence, message) select mailbox, last, ? from counter
        """
            .formatted(counters, messages);
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setInt(1, mailbox);
      statement.setBytes(2, PAYLOAD);
      return statement.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists %s, %s".formatted(messages, counters));
    }
  }
}
