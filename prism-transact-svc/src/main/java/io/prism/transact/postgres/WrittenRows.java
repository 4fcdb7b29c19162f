package io.prism.transact.postgres;

import com.google.protobuf.Value;
import io.prism.relational.ColumnType;
import io.prism.relational.RowKey;
import io.prism.relational.Table;
import io.prism.transact.domain.ChangedRows;
import io.prism.transact.domain.DataResult;
import io.prism.transact.domain.DataWrite;
import io.prism.transact.domain.WriteMode;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which rows one write has changed, by what the statement has said of them. */
final class WrittenRows {

  private final String namespace;
  private final Table table;
  private final DataWrite<Value> write;
  private final @Nullable RowKey key;
  private final List<Value> found = new ArrayList<>();
  private boolean tooMany;

  /**
   * @param key that rows are told by; null when nobody wants to know, or no copy has such a key
   */
  WrittenRows(String namespace, Table table, DataWrite<Value> write, @Nullable RowKey key) {
    this.namespace = namespace;
    this.table = table;
    this.write = write;
    this.key = key;
  }

  void forget() {
    found.clear();
    tooMany = false;
  }

  /**
   * Reads the keys of the current row of an answer.
   *
   * @param several whether the column is an array of the keys' texts
   */
  void read(ResultSet row, int column, boolean several) throws SQLException {
    if (key == null) {
      return;
    }
    ColumnType type = key.column().type();
    if (!several) {
      found.add(type.read(row, column));
      return;
    }
    Array keys = row.getArray(column);
    try {
      String[] texts = (String[]) keys.getArray();
      tooMany = texts.length > ChangedRows.MAX_ROWS;
      for (String text : texts) {
        found.add(type.fromText(text));
      }
    } catch (IllegalArgumentException e) {
      // Another form of text than PostgreSQL has by default; the write is not to fail for that.
      tooMany = true;
    } finally {
      keys.free();
    }
  }

  /** Those that the statement has told. */
  void addTo(ChangedRows changed) {
    if (tooMany) {
      changed.addUntold(namespace);
      return;
    }
    found.forEach(value -> add(value, changed));
  }

  /** Those that it has changed if it was done, which nobody knows. */
  void addPossibleTo(ChangedRows changed) {
    if (key == null) {
      return;
    }
    if (!found.isEmpty() || tooMany) {
      addTo(changed);
      return;
    }
    Optional<String> sent = sent(key);
    if (sent.isPresent() && (write.mode() == WriteMode.INSERT || isByKey(key))) {
      add(sent.get(), changed);
    } else if (write.mode() != WriteMode.INSERT) {
      changed.addUntold(namespace);
    }
    // Nobody has a copy of a row that is new under a key that PostgreSQL has made.
  }

  /** Those that it has changed when it was done before, by the result of that time. */
  void addRepeatedTo(ChangedRows changed, @Nullable DataResult<Value> result) {
    if (key == null || result == null) {
      return;
    }
    sent(key).ifPresent(id -> add(id, changed));
    Value made = result.generated().get(key.column().name());
    if (made != null) {
      add(made, changed);
    }
  }

  private boolean isByKey(RowKey primary) {
    String idField = write.idField();
    return idField == null || idField.isEmpty() || idField.equals(primary.column().name());
  }

  /** The key in the record, in PostgreSQL's own spelling where that is known. */
  private Optional<String> sent(RowKey primary) {
    Value value = write.values().get(primary.column().name());
    if (value == null || value.hasNullValue()) {
      return Optional.empty();
    }
    String text = primary.column().type().toJdbc(value, "data.record");
    return primary.isExact() && text != null ? Optional.of(text) : primary.of(value);
  }

  private void add(Value value, ChangedRows changed) {
    if (key != null) {
      key.of(value).ifPresent(id -> add(id, changed));
    }
  }

  private void add(String id, ChangedRows changed) {
    changed.add(new ChangedRows.Row(namespace, table.name(), id));
    for (String whole : table.wholes()) {
      changed.add(new ChangedRows.Row(namespace, whole, id));
    }
  }
}
