package io.prism.reader.postgres;

import io.prism.reader.domain.ReaderReason;
import io.prism.relational.Column;
import io.prism.relational.ColumnType;
import io.prism.relational.RowKey;
import io.prism.relational.Table;
import io.prism.starter.error.PrismException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.SelectField;
import org.jooq.impl.DSL;

/**
 * How rows of a table are got by their primary key.
 *
 * @param place of the key among the selected columns, from 1; only where all are
 * @param one the statement for one id
 * @param many the statement for an array of ids; the last column says which of them a row is for
 */
record Lookup(Column key, int place, RowReader rows, Sql one, Sql many) {

  private static final String IDS = "k";

  /** Between the name of a collection and the id of a row in the name of a copy. */
  private static final String SEPARATOR = ":";

  /**
   * The look-up of rows with some fields.
   *
   * @throws PrismException COMPOSITE_KEY, NO_PRIMARY_KEY; INVALID_ARGUMENT for an unknown field
   */
  static Lookup of(Table table, List<String> fields) {
    Column key = keyOf(table);
    RowReader rows = new RowReader(table, Fields.projected(table, fields));
    Sql.Slot id = new Sql.Slot(Sql.Source.FILTER, 0);
    Field<Object> keyField = Fields.of(key);
    Sql one =
        Sql.render(
            DSL.select(rows.selected())
                .from(Fields.of(table))
                .where(keyField.eq(key.type().parameter(id.param(String.class)))));
    List<SelectField<?>> selected = new ArrayList<>(rows.selected());
    selected.add(DSL.field(DSL.name(IDS, "place")));
    Sql many =
        Sql.render(
            DSL.select(selected)
                .from(
                    DSL.table(
                        "unnest({0}) with ordinality as k(id, place)",
                        ColumnType.text().array().parameter(id.param(String.class))))
                .join(Fields.of(table))
                .on(keyField.eq(key.type().cast(DSL.field(DSL.name(IDS, "id"))))));
    return new Lookup(key, table.columns().indexOf(key) + 1, rows, one, many);
  }

  /** What tells the copies of a table's rows; empty when they have none. */
  static Optional<RowKey> copyKey(Table table) {
    return table.sharesRows() || table.name().contains(SEPARATOR)
        ? Optional.empty()
        : RowKey.of(table);
  }

  /** What the copy of the current row is called. */
  Optional<String> name(RowKey copyKey, ResultSet rows) throws SQLException {
    return copyKey.of(key.type().read(rows, place));
  }

  /** An id, or an array of them, as PostgreSQL takes it. */
  static Sql.Values values(String id) {
    return new Sql.Values(List.of(id), List.of(), 0, 0);
  }

  private static Column keyOf(Table table) {
    List<Column> key = table.primaryKey();
    if (key.isEmpty()) {
      throw PrismException.of(
          ReaderReason.NO_PRIMARY_KEY,
          table.name() + " has no primary key (expected: one, to get a row by)");
    }
    if (key.size() > 1) {
      throw PrismException.of(
          ReaderReason.COMPOSITE_KEY,
          "the primary key of "
              + table.name()
              + " has "
              + key.size()
              + " columns (expected: one; query with a filter on all of them)");
    }
    return key.getFirst();
  }
}
