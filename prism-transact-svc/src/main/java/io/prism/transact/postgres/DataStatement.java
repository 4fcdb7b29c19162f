package io.prism.transact.postgres;

import com.google.protobuf.Value;
import io.prism.relational.Column;
import io.prism.relational.ColumnType;
import io.prism.starter.error.PrismException;
import io.prism.transact.domain.DataResult;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.domain.WriteMode;
import io.prism.transact.postgres.WriteSql.Rendered;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** One write to a table, about to be run, and then what came of it. */
final class DataStatement {

  private static final String NOW = "select clock_timestamp()";

  /**
   * The statement needs none; the functions of triggers, defaults and checks of the table may. It
   * stays set, since PostgreSQL reports what it is, from version 18 on, and whatever changes it.
   * The answer is a truth value because the driver would not send a statement together with others
   * if its answer were text, which may be of any size.
   */
  private static final String KEEP_SEARCH_PATH =
      "select set_config('search_path', ?, false) is null";

  /** Until the end of the transaction. */
  private static final String SET_SEARCH_PATH = "select set_config('search_path', ?, true) is null";

  private final String searchPath;
  private final Rendered sql;
  private final WrittenRows written;
  private final List<@Nullable String> values;
  private final List<@Nullable String> key;
  private final @Nullable String expectedVersion;
  private final WriteMode mode;
  private long rows;
  private Map<String, Value> generated = Map.of();
  private @Nullable Instant at;

  DataStatement(
      String searchPath,
      Rendered sql,
      WrittenRows written,
      List<@Nullable String> values,
      List<@Nullable String> key,
      @Nullable String expectedVersion,
      WriteMode mode) {
    this.searchPath = searchPath;
    this.sql = sql;
    this.written = written;
    this.values = values;
    this.key = key;
    this.expectedVersion = expectedVersion;
    this.mode = mode;
  }

  /** Which rows it has changed. */
  WrittenRows written() {
    return written;
  }

  /** Whether it may turn out that the row has another version. */
  boolean isConditional() {
    return expectedVersion != null;
  }

  /**
   * Adds it to a script.
   *
   * @param connection that the script is to run on next
   */
  void addTo(Script script, Connection connection) throws SQLException {
    String reported = connection.unwrap(PGConnection.class).getParameterStatus("search_path");
    if (!searchPath.equals(reported)) {
      script.then(
          reported == null ? SET_SEARCH_PATH : KEEP_SEARCH_PATH,
          (statement, index) -> {
            statement.setString(index, searchPath);
            return index + 1;
          });
    }
    script.then(sql.sql(), this::bind, this::read);
  }

  private int bind(PreparedStatement statement, int first) throws SQLException {
    int index = first;
    for (String value : values) {
      ColumnType.bind(statement, index++, value);
    }
    if (expectedVersion != null) {
      ColumnType.bind(statement, index++, expectedVersion);
    }
    return index;
  }

  private void read(ResultSet row) throws SQLException {
    rows = 0;
    generated = Map.of();
    at = null;
    written.forget();
    if (!row.next()) {
      return;
    }
    at = instant(row, 1);
    rows = sql.counted() ? row.getLong(2) : 1;
    int first = sql.counted() ? 3 : 2;
    if (rows == 1) {
      generated = returned(row, first);
    }
    written.read(row, first + sql.returned().size(), sql.counted());
  }

  private Map<String, Value> returned(ResultSet row, int first) throws SQLException {
    List<Column> columns = sql.returned();
    Map<String, Value> found = HashMap.newHashMap(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      found.put(column.name(), column.type().read(row, first + i));
    }
    return found;
  }

  DataResult<Value> result() {
    return new DataResult<>(rows, generated);
  }

  /** When it was done, by the database's clock; asks for it when no row says it. */
  Instant at(Connection connection) throws SQLException {
    Instant known = at;
    return known == null ? now(connection) : known;
  }

  static Instant now(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NOW);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return instant(row, 1);
    }
  }

  /**
   * Refuses a write that changed nothing because the row has another version.
   *
   * @throws PrismException VERSION_MISMATCH
   */
  void checkVersion(Connection connection) throws SQLException {
    // An UPSERT with a version means a row that exists: to insert it would undo its deletion.
    if (expectedVersion != null && rows == 0 && (mode == WriteMode.UPSERT || exists(connection))) {
      throw PrismException.of(
          TransactReason.VERSION_MISMATCH,
          "the row does not have version '" + expectedVersion + "'");
    }
  }

  private boolean exists(Connection connection) throws SQLException {
    String existence = sql.existence();
    if (existence == null) {
      return false;
    }
    try (PreparedStatement statement = connection.prepareStatement(existence)) {
      for (int i = 0; i < key.size(); i++) {
        ColumnType.bind(statement, i + 1, key.get(i));
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  static Instant instant(ResultSet row, int column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    if (time == null) {
      throw new SQLException("the database did not tell the time");
    }
    return time.toInstant();
  }
}
