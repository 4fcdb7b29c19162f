package io.prism.transact.postgres;

import io.prism.transact.domain.MailboxWrite;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;

/**
 * How messages get their sequence: without gaps, in the order of commits.
 *
 * <p>A writer holds an advisory lock of the mailbox from before it reads the last sequence until
 * after its commit. A row that counts would not do: to update it fails with 40001 for all but the
 * first of those who wait for it, since their snapshots are older than the wait. For the same
 * reason a transaction of a higher level than READ COMMITTED cannot read the last sequence by
 * itself, and has it read on another connection. That also keeps the table out of its read set,
 * where neighbouring mailboxes would be false conflicts.
 */
final class MailboxRows {

  static final String LOCK = "select pg_advisory_xact_lock(?)";

  /** To be run on a snapshot that is younger than the lock. */
  static final String LAST =
      """
      select coalesce(max(sequence), 0) from prism_transact.mailbox_message
      where namespace = ? and mailbox = ?
      """;

  /** With a sequence that was read under the lock. */
  static final String INSERT =
      """
      insert into prism_transact.mailbox_message
        (namespace, mailbox, sequence, tag, message, metadata, message_type, priority, created_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp()) returning created_at
      """;

  /** In READ COMMITTED, where each statement sees what was committed before it. */
  static final String INSERT_NEXT =
      """
      insert into prism_transact.mailbox_message
        (namespace, mailbox, sequence, tag, message, metadata, message_type, priority, created_at)
      select ?, ?, coalesce(max(sequence), 0) + 1, ?, ?, ?, ?, ?, clock_timestamp()
      from prism_transact.mailbox_message where namespace = ? and mailbox = ?
      returning created_at, sequence
      """;

  private MailboxRows() {}

  /**
   * The advisory lock of a mailbox. Two that share one by accident wait for each other now and
   * then, and that is all.
   */
  static long lockKey(String namespace, String mailbox) {
    return hash("mailbox", namespace, mailbox);
  }

  static long hash(String... parts) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  static Script.Binder lock(String namespace, String mailbox) {
    long key = lockKey(namespace, mailbox);
    return (statement, index) -> {
      statement.setLong(index, key);
      return index + 1;
    };
  }

  static long last(Connection connection, String namespace, String mailbox) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LAST)) {
      statement.setString(1, namespace);
      statement.setString(2, mailbox);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  static Script.Binder insert(String namespace, MailboxWrite write, long sequence, long tag) {
    return (statement, first) -> {
      int index = first;
      statement.setString(index++, namespace);
      statement.setString(index++, write.mailbox());
      statement.setLong(index++, sequence);
      return bindContent(statement, index, write, tag);
    };
  }

  static Script.Binder insertNext(String namespace, MailboxWrite write, long tag) {
    return (statement, first) -> {
      int index = first;
      statement.setString(index++, namespace);
      statement.setString(index++, write.mailbox());
      index = bindContent(statement, index, write, tag);
      statement.setString(index++, namespace);
      statement.setString(index++, write.mailbox());
      return index;
    };
  }

  private static int bindContent(
      PreparedStatement statement, int first, MailboxWrite write, long tag) throws SQLException {
    int index = first;
    statement.setLong(index++, tag);
    statement.setBytes(index++, write.message());
    statement.setArray(
        index++, statement.getConnection().createArrayOf("text", facts(write.metadata())));
    statement.setString(index++, write.messageType());
    statement.setObject(index++, write.priority(), Types.INTEGER);
    return index;
  }

  private static String[] facts(Map<String, String> metadata) {
    String[] facts = new String[metadata.size() * 2];
    int i = 0;
    for (Map.Entry<String, String> fact : metadata.entrySet()) {
      facts[i++] = fact.getKey();
      facts[i++] = fact.getValue();
    }
    return facts;
  }
}
