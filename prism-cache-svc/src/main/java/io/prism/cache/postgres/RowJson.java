package io.prism.cache.postgres;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.prism.relational.Column;
import io.prism.relational.JsonText;
import io.prism.relational.Table;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Whole rows as JSON, with values as Reader gives them. */
final class RowJson {

  private final List<Column> columns;

  RowJson(Table table) {
    this.columns = table.columns();
  }

  List<Field<?>> selected(String alias) {
    return columns.stream()
        .<Field<?>>map(column -> column.type().selected(DSL.field(DSL.name(alias, column.name()))))
        .toList();
  }

  /** The current row, whose columns begin at a number. */
  byte[] read(ResultSet result, int first) throws SQLException {
    Struct.Builder fields = Struct.newBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      fields.putFields(column.name(), column.type().read(result, first + i));
    }
    Value row = Value.newBuilder().setStructValue(fields).build();
    return JsonText.write(row, "row").getBytes(StandardCharsets.UTF_8);
  }
}
