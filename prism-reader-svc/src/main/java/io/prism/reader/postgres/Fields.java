package io.prism.reader.postgres;

import io.prism.relational.Column;
import io.prism.relational.Table;
import io.prism.starter.error.PrismException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Fields of requests as columns of a table. A name reaches a statement only from the catalogue. */
final class Fields {

  private static final int MAX_SHOWN = 63;

  /** Every column is named with it, or ORDER BY would take the result's columns for the table's. */
  private static final String ALIAS = "t";

  private Fields() {}

  static Field<Object> of(Column column) {
    return named(column.name());
  }

  /** A column by its name, which must be from the catalogue or PostgreSQL's own. */
  static Field<Object> named(String column) {
    return DSL.field(DSL.name(ALIAS, column));
  }

  /** What columns are of. */
  static org.jooq.Table<?> of(Table table) {
    return DSL.table(DSL.name(table.schema().name(), table.name())).as(DSL.name(ALIAS));
  }

  static Column required(Table table, String field, String path) {
    return table
        .column(field)
        .orElseThrow(
            () -> {
              String shown =
                  field.length() > MAX_SHOWN ? field.substring(0, MAX_SHOWN) + "…" : field;
              return PrismException.invalid(
                  path, "'" + shown + "' (expected: a field of " + table.name() + ")");
            });
  }

  /** Says a list of names; different lists have different shapes. */
  static String shape(List<String> names) {
    StringBuilder shape = new StringBuilder();
    names.forEach(name -> shape.append(name.length()).append(':').append(name));
    return shape.toString();
  }

  /** The columns that a projection names, each once; all when it names none. */
  static List<Column> projected(Table table, List<String> fields) {
    if (fields.isEmpty()) {
      return table.columns();
    }
    Set<Column> columns = new LinkedHashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      columns.add(required(table, fields.get(i), "fields[" + i + "]"));
    }
    return List.copyOf(columns);
  }
}
