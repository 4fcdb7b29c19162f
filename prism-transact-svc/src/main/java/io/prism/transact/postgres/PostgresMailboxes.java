package io.prism.transact.postgres;

import io.prism.starter.backend.BackendGuard;
import io.prism.transact.domain.Isolation;
import io.prism.transact.domain.Mailboxes;
import io.prism.transact.domain.MessageId;
import io.prism.transact.domain.StoredMessage;
import io.prism.transact.domain.TimeLimit;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The mailboxes of namespaces, in one table. */
public final class PostgresMailboxes implements Mailboxes {

  private static final int MAX_ROWS = 500;
  private static final int MAX_BYTES = 1024 * 1024;

  /** As many messages as fit, and one in any case; the sizes are read before the contents. */
  private static final String NEXT =
      """
      select m.sequence, m.tag, m.message, m.metadata, m.message_type, m.created_at, m.processed_at
      from (
        select *, sum(octet_length(message)) over (order by sequence) - octet_length(message) as before
        from (
          select * from prism_transact.mailbox_message
          where namespace = ? and mailbox = ? and sequence > ? %s
          order by sequence limit ?) as candidates) as m
      where m.before < ? order by m.sequence
      """;

  private static final String NEXT_OF_ALL = NEXT.formatted("");
  private static final String NEXT_UNPROCESSED = NEXT.formatted("and processed_at is null");

  /** In order, so that two of these cannot wait for each other. */
  private static final String PROCESS =
      """
      with wanted as materialized (
        select * from unnest(?, ?, ?) as w (mailbox, sequence, tag)),
      found as materialized (
        select m.mailbox, m.sequence, m.tag from prism_transact.mailbox_message m
        join wanted w on m.mailbox = w.mailbox and m.sequence = w.sequence and m.tag = w.tag
        where m.namespace = ?
        order by m.mailbox, m.sequence for no key update of m),
      marked as (
        update prism_transact.mailbox_message m set processed_at = clock_timestamp()
        from found f where m.namespace = ? and m.mailbox = f.mailbox and m.sequence = f.sequence
        and m.processed_at is null)
      select mailbox, sequence, tag from found
      """;

  private final Lane reading;
  private final Lane writing;
  private final BackendGuard guard;
  private final Duration timeout;

  /**
   * @param timeout of one look, or of one marking
   */
  public PostgresMailboxes(Lane reading, Lane writing, BackendGuard guard, Duration timeout) {
    this.reading = reading;
    this.writing = writing;
    this.guard = guard;
    this.timeout = timeout;
  }

  @Override
  public List<StoredMessage> next(
      String namespace, String mailbox, long since, int max, boolean unprocessedOnly) {
    return guarded(
        "mailbox.read",
        reading,
        connection -> next(connection, namespace, mailbox, since, max, unprocessedOnly));
  }

  static List<StoredMessage> next(
      Connection connection,
      String namespace,
      String mailbox,
      long since,
      int max,
      boolean unprocessedOnly)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(unprocessedOnly ? NEXT_UNPROCESSED : NEXT_OF_ALL)) {
      statement.setString(1, namespace);
      statement.setString(2, mailbox);
      statement.setLong(3, since);
      statement.setInt(4, Math.min(max, MAX_ROWS));
      statement.setLong(5, MAX_BYTES);
      try (ResultSet rows = statement.executeQuery()) {
        List<StoredMessage> messages = new ArrayList<>();
        while (rows.next()) {
          messages.add(message(mailbox, rows));
        }
        return messages;
      }
    }
  }

  private static StoredMessage message(String mailbox, ResultSet row) throws SQLException {
    return new StoredMessage(
        new MessageId(mailbox, row.getLong("sequence"), row.getLong("tag")),
        row.getBytes("message"),
        facts(row.getArray("metadata")),
        row.getString("message_type"),
        row.getTimestamp("created_at").toInstant(),
        instant(row.getTimestamp("processed_at")));
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }

  private static Map<String, String> facts(Array stored) throws SQLException {
    String[] facts = (String[]) stored.getArray();
    Map<String, String> metadata = LinkedHashMap.newLinkedHashMap(facts.length / 2);
    for (int i = 0; i < facts.length; i += 2) {
      metadata.put(facts[i], facts[i + 1]);
    }
    return metadata;
  }

  @Override
  public Set<MessageId> process(String namespace, Collection<MessageId> ids) {
    return guarded(
        "mailbox.process",
        writing,
        connection -> {
          Set<MessageId> found = new HashSet<>();
          new Script()
              .then(WriteAttempt.begin(Isolation.READ_COMMITTED))
              .then(
                  PROCESS,
                  (statement, index) -> bind(statement, index, namespace, List.copyOf(ids)),
                  rows -> {
                    while (rows.next()) {
                      found.add(new MessageId(rows.getString(1), rows.getLong(2), rows.getLong(3)));
                    }
                  })
              .then(WriteAttempt.COMMIT)
              .run(connection);
          return found;
        });
  }

  private static int bind(
      PreparedStatement statement, int index, String namespace, List<MessageId> ids)
      throws SQLException {
    Connection connection = statement.getConnection();
    statement.setArray(
        index, connection.createArrayOf("text", ids.stream().map(MessageId::mailbox).toArray()));
    statement.setArray(
        index + 1,
        connection.createArrayOf("bigint", ids.stream().map(MessageId::sequence).toArray()));
    statement.setArray(
        index + 2, connection.createArrayOf("bigint", ids.stream().map(MessageId::tag).toArray()));
    statement.setString(index + 3, namespace);
    statement.setString(index + 4, namespace);
    return index + 5;
  }

  @FunctionalInterface
  private interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private <T> T guarded(String operation, Lane lane, Work<T> work) {
    TimeLimit limit = TimeLimit.of(timeout);
    try {
      return guard.call(
          operation,
          () -> {
            try (Lease lease = lane.lease(limit);
                Lease.Watch _ = lease.watch(limit)) {
              return work.run(lease.connection());
            }
          });
    } catch (RuntimeException e) {
      throw WriteFailures.translated(e, limit);
    }
  }
}
