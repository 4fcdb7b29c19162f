package io.prism.transact.postgres;

import io.prism.starter.backend.BackendGuard;
import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.domain.TimeLimit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Deletes what is old, a bounded number of rows at a time: messages that are processed, and those
 * of mailboxes with an outbox when they are published.
 *
 * <p>The last message of a mailbox is kept for ever, since the next sequence follows from it.
 */
public final class Retention {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int BATCH = 1_000;
  private static final int MAX_BATCHES = 100;

  private static final String DELETE_RECORDS =
      """
      delete from prism_transact.idempotency_record where (namespace, key) in (
        select namespace, key from prism_transact.idempotency_record
        where created_at <= clock_timestamp() - ? * interval '1 second'
        order by created_at limit ? for update skip locked)
      """;

  private static final String DELETE_PROCESSED =
      """
      delete from prism_transact.mailbox_message where (namespace, mailbox, sequence) in (
        select namespace, mailbox, sequence from prism_transact.mailbox_message m
        where processed_at <= clock_timestamp() - ? * interval '1 second'
        and not exists (
          select from unnest(?, ?) as bound (namespace, mailbox)
          where bound.namespace = m.namespace and bound.mailbox = m.mailbox)
        and exists (
          select from prism_transact.mailbox_message later
          where later.namespace = m.namespace and later.mailbox = m.mailbox
          and later.sequence > m.sequence)
        order by processed_at limit ? for update skip locked)
      """;

  private static final String DELETE_PUBLISHED =
      """
      delete from prism_transact.mailbox_message where (namespace, mailbox, sequence) in (
        select namespace, mailbox, sequence from prism_transact.mailbox_message m
        where namespace = ? and mailbox = ?
        and created_at <= clock_timestamp() - ? * interval '1 second'
        and sequence <= (
          select case when count(*) = ? then min(sequence) else 0 end
          from prism_transact.outbox_position p
          where p.namespace = m.namespace and p.mailbox = m.mailbox and p.topic = any(?))
        and sequence < (
          select max(sequence) from prism_transact.mailbox_message last
          where last.namespace = m.namespace and last.mailbox = m.mailbox)
        order by sequence limit ? for update skip locked)
      """;

  private final Lane lane;
  private final BackendGuard guard;
  private final List<OutboxBinding> bindings;

  /**
   * @param bindings what has an outbox
   */
  public Retention(Lane lane, BackendGuard guard, List<OutboxBinding> bindings) {
    this.lane = lane;
    this.guard = guard;
    this.bindings = List.copyOf(bindings);
  }

  /** Deletes the records of idempotent writes that are older. */
  public void deleteRecords(Duration age) {
    repeat(
        "retention.idempotency",
        DELETE_RECORDS,
        statement -> {
          statement.setLong(1, age.toSeconds());
          statement.setInt(2, BATCH);
        });
  }

  /** Deletes messages that were processed longer ago, or published and are older. */
  public void deleteMessages(Duration age) {
    repeat(
        "retention.processed",
        DELETE_PROCESSED,
        statement -> {
          Connection connection = statement.getConnection();
          statement.setLong(1, age.toSeconds());
          statement.setArray(
              2,
              connection.createArrayOf(
                  "text", bindings.stream().map(OutboxBinding::namespace).toArray()));
          statement.setArray(
              3,
              connection.createArrayOf(
                  "text", bindings.stream().map(OutboxBinding::mailbox).toArray()));
          statement.setInt(4, BATCH);
        });
    for (OutboxBinding binding : bindings) {
      Object[] topics =
          bindings.stream()
              .filter(
                  other ->
                      other.namespace().equals(binding.namespace())
                          && other.mailbox().equals(binding.mailbox()))
              .map(OutboxBinding::topic)
              .toArray();
      repeat(
          "retention.published",
          DELETE_PUBLISHED,
          statement -> {
            statement.setString(1, binding.namespace());
            statement.setString(2, binding.mailbox());
            statement.setLong(3, age.toSeconds());
            statement.setInt(4, topics.length);
            statement.setArray(5, statement.getConnection().createArrayOf("text", topics));
            statement.setInt(6, BATCH);
          });
    }
  }

  @FunctionalInterface
  private interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  private void repeat(String operation, String sql, Parameters parameters) {
    int deleted = BATCH;
    for (int i = 0; i < MAX_BATCHES && deleted == BATCH; i++) {
      TimeLimit limit = TimeLimit.of(TIMEOUT);
      try {
        deleted =
            guard.call(
                operation,
                () -> {
                  try (Lease lease = lane.lease(limit);
                      Lease.Watch _ = lease.watch(limit);
                      PreparedStatement statement = lease.connection().prepareStatement(sql)) {
                    parameters.set(statement);
                    return statement.executeUpdate();
                  }
                });
      } catch (RuntimeException e) {
        throw WriteFailures.translated(e, limit);
      }
    }
  }
}
