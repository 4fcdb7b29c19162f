package io.prism.reader.postgres;

import com.google.protobuf.Timestamp;
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
import org.jooq.Field;
import org.jooq.SelectField;
import org.jspecify.annotations.Nullable;

/** Makes encoded rows of a result whose first columns are {@link #selected}. */
final class RowReader {

  private static final String SYSTEM_VERSION = "xmin";
  private static final int USUAL_FIELD_BYTES = 48;

  private final List<Column> fields;
  private final byte[][] names;
  private final ColumnType[] types;
  private final @Nullable Column createdAt;
  private final @Nullable Column updatedAt;
  private final @Nullable Field<Object> version;

  RowReader(Table table, List<Column> fields) {
    this.fields = fields;
    names = fields.stream().map(column -> RowEncoder.nameOf(column.name())).toArray(byte[][]::new);
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

  private static @Nullable Field<Object> version(Table table) {
    Column column = table.column("version").orElse(null);
    if (column != null) {
      return Fields.of(column);
    }
    return table.isStored() ? Fields.named(SYSTEM_VERSION) : null;
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
      selected.add(ColumnType.text().cast(version));
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

  /** The current row, encoded. */
  byte[] read(ResultSet result) throws SQLException {
    RowEncoder row = new RowEncoder(names.length * USUAL_FIELD_BYTES);
    for (int i = 0; i < types.length; i++) {
      row.field(names[i], types[i], result, i + 1);
    }
    if (createdAt != null || updatedAt != null || version != null) {
      row.metadata(metadata(result));
    }
    return row.bytes();
  }

  private RowMetadata metadata(ResultSet result) throws SQLException {
    int column = types.length + 1;
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
    return metadata.build();
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
