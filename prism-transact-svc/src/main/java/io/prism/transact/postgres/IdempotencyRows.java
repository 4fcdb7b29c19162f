package io.prism.transact.postgres;

import io.prism.starter.error.PrismException;
import io.prism.transact.domain.Idempotency;
import io.prism.transact.domain.TransactReason;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The records of idempotent writes, each written in the transaction that it stands for.
 *
 * <p>The record goes in first, without the response. Whoever comes with the same key meanwhile
 * waits at the primary key until that transaction has ended: it fails there if the first has
 * committed, and takes its place if not.
 */
final class IdempotencyRows {

  private static final String SCHEMA = "prism_transact";
  private static final String PRIMARY_KEY = "idempotency_record_pkey";
  private static final String UNIQUE_VIOLATION = "23505";

  static final String CLAIM =
      """
      insert into prism_transact.idempotency_record (namespace, key, fingerprint, created_at)
      values (?, ?, ?, clock_timestamp()) returning ctid, created_at
      """;

  /**
   * By the row's place, which cannot change before the commit: looked for by its key it would put a
   * page of the index into the read set of a serializable transaction, and neighbours into
   * conflict.
   */
  static final String COMPLETE =
      "update prism_transact.idempotency_record set response = ? where ctid = cast(? as tid)";

  private static final String FIND =
      """
      select fingerprint, response, created_at > clock_timestamp() - ? * interval '1 second'
      from prism_transact.idempotency_record where namespace = ? and key = ?
      """;

  private static final String REMOVE =
      """
      delete from prism_transact.idempotency_record where namespace = ? and key = ?
      and created_at <= clock_timestamp() - ? * interval '1 second'
      """;

  private IdempotencyRows() {}

  static Script.Binder claim(String namespace, Idempotency idempotency) {
    return (statement, index) -> {
      statement.setString(index, namespace);
      statement.setString(index + 1, idempotency.key());
      statement.setBytes(index + 2, idempotency.fingerprint());
      return index + 3;
    };
  }

  static Script.Binder complete(byte[] response, String place) {
    return (statement, index) -> {
      statement.setBytes(index, response);
      statement.setString(index + 1, place);
      return index + 2;
    };
  }

  /** Whether a claim failed because the key has a record. */
  static boolean isTaken(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PSQLException sql) {
        ServerErrorMessage message = sql.getServerErrorMessage();
        return UNIQUE_VIOLATION.equals(sql.getSQLState())
            && message != null
            && SCHEMA.equals(message.getSchema())
            && PRIMARY_KEY.equals(message.getConstraint());
      }
    }
    return false;
  }

  /**
   * The response of the write that has the key; null when there is none any more.
   *
   * @throws PrismException IDEMPOTENCY_KEY_REUSED when that was another write
   */
  static byte @Nullable [] response(
      Connection connection, String namespace, Idempotency idempotency, Duration retention)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setLong(1, retention.toSeconds());
      statement.setString(2, namespace);
      statement.setString(3, idempotency.key());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        if (row.getBoolean(3)) {
          return same(row, idempotency);
        }
      }
    }
    remove(connection, namespace, idempotency, retention);
    return null;
  }

  private static byte[] same(ResultSet row, Idempotency idempotency) throws SQLException {
    if (!MessageDigest.isEqual(row.getBytes(1), idempotency.fingerprint())) {
      throw PrismException.of(
          TransactReason.IDEMPOTENCY_KEY_REUSED,
          "the idempotency key '" + idempotency.key() + "' belongs to another write");
    }
    return row.getBytes(2);
  }

  private static void remove(
      Connection connection, String namespace, Idempotency idempotency, Duration retention)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REMOVE)) {
      statement.setString(1, namespace);
      statement.setString(2, idempotency.key());
      statement.setLong(3, retention.toSeconds());
      statement.executeUpdate();
    }
  }
}
