package io.prism.reader.postgres;

import io.prism.reader.domain.ReaderReason;
import io.prism.relational.Column;
import io.prism.relational.RowKey;
import io.prism.relational.Table;
import io.prism.starter.error.PrismException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jooq.impl.DSL;

/**
 * How a row of a table is got by its primary key.
 *
 * @param place of the key among the selected columns, from 1; only where all are
 */
record Lookup(Column key, int place, RowReader rows, Sql sql) {

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
    return new Lookup(
        key,
        table.columns().indexOf(key) + 1,
        rows,
        Sql.render(
            DSL.select(rows.selected())
                .from(Fields.of(table))
                .where(Fields.of(key).eq(key.type().parameter(id.param(String.class))))));
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
