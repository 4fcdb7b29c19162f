package io.prism.reader.postgres;

import com.google.protobuf.Timestamp;
import io.prism.reader.v1.Row;
import io.prism.reader.v1.RowMetadata;
import io.prism.relational.Column;
import io.prism.relational.ColumnType;
import io.prism.relational.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jooq.SelectField;
import org.jspecify.annotations.Nullable;

/** Makes rows as they travel of a result whose first columns are {@link #selected}. */
final class RowReader {

  private static final String SYSTEM_VERSION = "xmin";

  private final List<Column> fields;
  private final String[] names;
  private final ColumnType[] types;
  private final @Nullable Column createdAt;
  private final @Nullable Column updatedAt;
  private final @Nullable SelectField<?> version;

  RowReader(Table table, List<Column> fields) {
    this.fields = fields;
    names = fields.stream().map(Column::name).toArray(String[]::new);
    types = fields.stream().map(Column::type).toArray(ColumnType[]::new);
    createdAt = time(table, "created_at");
    updatedAt = time(table, "updated_at");
    version = version(table);
  }

  private static @Nullable Column time(Table table, String name) {
    return table
        .column(name)
        .filter(
            column ->
                column.type().kind() == ColumnType.Kind.TIMESTAMPTZ
                    || column.type().kind() == ColumnType.Kind.TIMESTAMP)
        .orElse(null);
  }

  private static @Nullable SelectField<?> version(Table table) {
    Column column = table.column("version").orElse(null);
    if (column != null) {
      return ColumnType.text().cast(Fields.of(column));
    }
    return table.isStored() ? ColumnType.text().cast(Fields.named(SYSTEM_VERSION)) : null;
  }

  List<SelectField<?>> selected() {
    List<SelectField<?>> selected = new ArrayList<>();
    fields.forEach(column -> selected.add(column.type().selected(Fields.of(column))));
    if (createdAt != null) {
      selected.add(Fields.of(createdAt));
    }
    if (updatedAt != null) {
      selected.add(Fields.of(updatedAt));
    }
    if (version != null) {
      selected.add(version);
    }
    return selected;
  }

  /** How many columns {@link #selected} are. */
  int width() {
    return types.length
        + (createdAt == null ? 0 : 1)
        + (updatedAt == null ? 0 : 1)
        + (version == null ? 0 : 1);
  }

  /** The current row. */
  Row read(ResultSet result) throws SQLException {
    Row.Builder row = Row.newBuilder();
    for (int i = 0; i < types.length; i++) {
      row.putFields(names[i], types[i].read(result, i + 1));
    }
    int column = types.length + 1;
    if (createdAt == null && updatedAt == null && version == null) {
      return row.build();
    }
    RowMetadata.Builder metadata = RowMetadata.newBuilder();
    if (createdAt != null) {
      Timestamp time = time(createdAt, result, column);
      column++;
      if (time != null) {
        metadata.setCreatedAt(time);
      }
    }
    if (updatedAt != null) {
      Timestamp time = time(updatedAt, result, column);
      column++;
      if (time != null) {
        metadata.setUpdatedAt(time);
      }
    }
    if (version != null) {
      String text = result.getString(column);
      if (text != null) {
        metadata.setVersion(text);
      }
    }
    return row.setMetadata(metadata).build();
  }

  /** Null for null, and for an infinite time, which a timestamp cannot say. */
  private static @Nullable Timestamp time(Column column, ResultSet result, int number)
      throws SQLException {
    OffsetDateTime time;
    if (column.type().kind() == ColumnType.Kind.TIMESTAMPTZ) {
      time = result.getObject(number, OffsetDateTime.class);
    } else {
      LocalDateTime local = result.getObject(number, LocalDateTime.class);
      time = local == null ? null : local.atOffset(ZoneOffset.UTC);
    }
    if (time == null || time.getYear() < 1 || time.getYear() > 9999) {
      return null;
    }
    return Timestamp.newBuilder().setSeconds(time.toEpochSecond()).setNanos(time.getNano()).build();
  }
}
