package io.prism.session.postgres;

import com.google.protobuf.InvalidProtocolBufferException;
import io.prism.config.v1.ClientConfig;
import io.prism.session.domain.Client;
import io.prism.session.domain.Identity;
import io.prism.session.domain.Rights;
import io.prism.session.domain.SessionEvent;
import io.prism.session.domain.SessionRecord;
import io.prism.session.domain.SessionState;
import io.prism.session.domain.Usage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

/** Reads sessions from result sets. */
final class SessionRows {

  /** What {@link #record} reads, of a session {@code s}. */
  static final String RECORD =
      """
      s.*, now() as read_at,
      (select coalesce(sum(u.active_streams), 0) from session_use u where u.session_id = s.id)
        as streams_now
      """;

  /** What {@link #event} reads, of a session {@code s}. */
  static final String EVENT = "s.id, s.version, s.status, s.token_expires_at, s.reason";

  private SessionRows() {}

  static SessionRecord record(ResultSet row, int number) throws SQLException {
    return new SessionRecord(
        row.getString("id"),
        row.getLong("version"),
        SessionState.valueOf(row.getString("status")),
        row.getString("reason"),
        new Identity(
            row.getString("principal"),
            row.getString("credential"),
            new Rights(
                texts(row, "namespaces"), texts(row, "permissions"), texts(row, "config_names"))),
        new Client(row.getString("client_id"), row.getString("client_version"), Map.of()),
        row.getString("namespace"),
        config(row.getBytes("config")),
        row.getBoolean("created_read_only"),
        instant(row, "created_at"),
        instant(row, "expires_at"),
        instant(row, "token_expires_at"),
        instant(row, "last_activity"),
        new Usage(
            row.getLong("requests"),
            row.getLong("bytes_sent"),
            row.getLong("bytes_received"),
            row.getInt("streams_now")),
        instant(row, "read_at"));
  }

  static SessionEvent event(ResultSet row, int number) throws SQLException {
    return new SessionEvent(
        row.getString("id"),
        row.getLong("version"),
        SessionState.valueOf(row.getString("status")),
        instant(row, "token_expires_at"),
        row.getString("reason"));
  }

  static ClientConfig config(byte[] bytes) {
    try {
      return ClientConfig.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored configuration cannot be read", e);
    }
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }
}
