package io.prism.transact.postgres;

import com.zaxxer.hikari.HikariDataSource;
import io.prism.starter.backend.BackendGuard;
import io.prism.transact.domain.Outbox;
import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.domain.StoredMessage;
import io.prism.transact.domain.TimeLimit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Positions of relays in PostgreSQL. Who leads holds an advisory lock of the session on a
 * connection of his own, and moves the position on that same connection: when it breaks, lock and
 * pen are gone together.
 */
public final class PostgresOutbox implements Outbox {

  private static final String LEAD = "select pg_try_advisory_lock(?)";

  private static final String BEGIN =
      """
      insert into prism_transact.outbox_position (namespace, mailbox, topic, sequence, changed_at)
      values (?, ?, ?, 0, clock_timestamp()) on conflict do nothing
      """;

  private static final String POSITION =
      """
      select sequence from prism_transact.outbox_position
      where namespace = ? and mailbox = ? and topic = ?
      """;

  private static final String MOVE =
      """
      update prism_transact.outbox_position set sequence = ?, changed_at = clock_timestamp()
      where namespace = ? and mailbox = ? and topic = ? and sequence < ?
      """;

  private static final String LAG =
      """
      select greatest(0, coalesce((
          select max(sequence) from prism_transact.mailbox_message
          where namespace = ? and mailbox = ?), 0)
        - coalesce((
          select sequence from prism_transact.outbox_position
          where namespace = ? and mailbox = ? and topic = ?), 0))
      """;

  private final HikariDataSource pool;
  private final Lane reading;
  private final BackendGuard guard;
  private final Duration timeout;
  private final int pieceRows;

  /**
   * @param pool of connections to keep, one for each binding
   * @param reading for short looks
   * @param timeout of each call
   * @param pieceRows most messages that are read at a time
   */
  public PostgresOutbox(
      HikariDataSource pool, Lane reading, BackendGuard guard, Duration timeout, int pieceRows) {
    this.pool = pool;
    this.reading = reading;
    this.guard = guard;
    this.timeout = timeout;
    this.pieceRows = pieceRows;
  }

  private <T> T guarded(String operation, Callable<T> work) {
    try {
      return guard.call(operation, work);
    } catch (RuntimeException e) {
      throw WriteFailures.translated(e, TimeLimit.of(timeout));
    }
  }

  @Override
  public long lag(OutboxBinding binding) {
    TimeLimit limit = TimeLimit.of(timeout);
    return guarded(
        "outbox.lag",
        () -> {
          try (Lease lease = reading.lease(limit);
              Lease.Watch _ = lease.watch(limit);
              PreparedStatement statement = lease.connection().prepareStatement(LAG)) {
            statement.setString(1, binding.namespace());
            statement.setString(2, binding.mailbox());
            statement.setString(3, binding.namespace());
            statement.setString(4, binding.mailbox());
            statement.setString(5, binding.topic());
            return number(statement);
          }
        });
  }

  private static long number(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public Optional<Turn> tryLead(OutboxBinding binding) {
    return guarded(
        "outbox.lead",
        () -> {
          Connection connection = pool.getConnection();
          try {
            return leads(connection, binding)
                ? Optional.of(new Lead(connection, binding, position(connection, binding)))
                : returned(connection);
          } catch (Throwable e) {
            pool.evictConnection(connection);
            throw e;
          }
        });
  }

  private static Optional<Turn> returned(Connection connection) throws SQLException {
    connection.close();
    return Optional.empty();
  }

  private boolean leads(Connection connection, OutboxBinding binding) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
    try (PreparedStatement statement = connection.prepareStatement(LEAD)) {
      statement.setLong(
          1, MailboxRows.hash("outbox", binding.namespace(), binding.mailbox(), binding.topic()));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static long position(Connection connection, OutboxBinding binding) throws SQLException {
    try (PreparedStatement begin = connection.prepareStatement(BEGIN);
        PreparedStatement position = connection.prepareStatement(POSITION)) {
      for (PreparedStatement statement : List.of(begin, position)) {
        statement.setString(1, binding.namespace());
        statement.setString(2, binding.mailbox());
        statement.setString(3, binding.topic());
      }
      begin.executeUpdate();
      return number(position);
    }
  }

  private final class Lead implements Turn {

    private final Connection connection;
    private final OutboxBinding binding;
    private long position;

    Lead(Connection connection, OutboxBinding binding, long position) {
      this.connection = connection;
      this.binding = binding;
      this.position = position;
    }

    @Override
    public List<StoredMessage> next() {
      return guarded(
          "outbox.read",
          () ->
              PostgresMailboxes.next(
                  connection, binding.namespace(), binding.mailbox(), position, pieceRows, false));
    }

    @Override
    public void published(long sequence) {
      guarded(
          "outbox.move",
          () -> {
            try (PreparedStatement statement = connection.prepareStatement(MOVE)) {
              statement.setLong(1, sequence);
              statement.setString(2, binding.namespace());
              statement.setString(3, binding.mailbox());
              statement.setString(4, binding.topic());
              statement.setLong(5, sequence);
              return statement.executeUpdate();
            }
          });
      position = sequence;
    }

    /** The lock goes with the connection. */
    @Override
    public void close() {
      pool.evictConnection(connection);
    }
  }
}
