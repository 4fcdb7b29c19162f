package io.prism.reader.postgres;

import com.google.protobuf.Value;
import io.prism.reader.domain.Collections;
import io.prism.reader.domain.ReaderReason;
import io.prism.reader.domain.Scan;
import io.prism.reader.domain.Selection;
import io.prism.reader.v1.Row;
import io.prism.relational.Catalogue;
import io.prism.relational.Column;
import io.prism.relational.Table;
import io.prism.starter.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.impl.DSL;

/** The tables and views of PostgreSQL. */
public final class PostgresCollections implements Collections<Value, Row> {

  private static final int MAX_SHOWN = 63;

  private final Catalogue catalogue;
  private final Database database;
  private final SqlCache statements = new SqlCache();

  public PostgresCollections(Catalogue catalogue, Database database) {
    this.catalogue = catalogue;
    this.database = database;
  }

  Database database() {
    return database;
  }

  SqlCache statements() {
    return statements;
  }

  @Override
  public Scan<Row> scan(Selection<Value> selection) {
    Table table = table(selection.namespace(), selection.collection());
    return new PostgresScan(this, selection, PreparedScan.of(table, selection));
  }

  PreparedScan prepareAgain(Selection<Value> selection) {
    catalogue.forget(selection.namespace(), selection.collection());
    return PreparedScan.of(table(selection.namespace(), selection.collection()), selection);
  }

  @Override
  public long count(Selection<Value> selection) {
    return onTable(
        selection.namespace(),
        selection.collection(),
        table -> {
          BoundFilter filter = BoundFilter.of(table, selection.filter());
          Sql sql =
              statements.get(table, "count|" + filter.shape(), () -> renderCount(table, filter));
          Sql.Values values = new Sql.Values(filter.values(), List.of(), 0, 0);
          return database.read(
              "count",
              (connection, cancellation) ->
                  first(connection, cancellation, sql, values, row -> row.getLong(1))
                      .orElseThrow());
        });
  }

  private static Sql renderCount(Table table, BoundFilter filter) {
    return Sql.render(DSL.selectCount().from(Fields.of(table)).where(filter.condition()));
  }

  @Override
  public Optional<Row> get(String namespace, String collection, String id, List<String> fields) {
    return onTable(
        namespace,
        collection,
        table -> {
          Column key = keyOf(table);
          List<Column> columns = Fields.projected(table, fields);
          RowReader rows = new RowReader(table, columns);
          Sql sql =
              statements.get(table, "get|" + shape(columns), () -> renderGet(table, key, rows));
          Sql.Values values =
              new Sql.Values(Arrays.asList(key.type().toJdbc(id, "id")), List.of(), 0, 0);
          return database.read(
              "get",
              (connection, cancellation) ->
                  first(connection, cancellation, sql, values, rows::read));
        });
  }

  private static String shape(List<Column> columns) {
    StringBuilder shape = new StringBuilder();
    columns.forEach(
        column -> shape.append(column.name().length()).append(':').append(column.name()));
    return shape.toString();
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

  private static Sql renderGet(Table table, Column key, RowReader rows) {
    Sql.Slot id = new Sql.Slot(Sql.Source.FILTER, 0);
    return Sql.render(
        DSL.select(rows.selected())
            .from(Fields.of(table))
            .where(Fields.of(key).eq(key.type().parameter(id.param(String.class)))));
  }

  private interface RowWork<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static <T> Optional<T> first(
      Connection connection, Cancellation cancellation, Sql sql, Sql.Values values, RowWork<T> work)
      throws SQLException {
    try (PreparedStatement statement = sql.prepare(connection, values)) {
      cancellation.begin(statement);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(work.read(row)) : Optional.empty();
      } finally {
        cancellation.end();
      }
    }
  }

  private <T> T onTable(String namespace, String collection, Function<Table, T> work) {
    try {
      return work.apply(table(namespace, collection));
    } catch (SchemaChanged e) {
      catalogue.forget(namespace, collection);
      try {
        return work.apply(table(namespace, collection));
      } catch (SchemaChanged again) {
        throw Database.unreadable("the collection cannot be read as it is", again);
      }
    }
  }

  private Table table(String namespace, String collection) {
    return catalogue.table(namespace, collection).orElseThrow(() -> notFound(collection));
  }

  private static PrismException notFound(String collection) {
    String shown =
        collection.length() > MAX_SHOWN ? collection.substring(0, MAX_SHOWN) + "…" : collection;
    return PrismException.because(
            ReaderReason.COLLECTION_NOT_FOUND, "no collection '" + shown + "'")
        .resource("collection", shown)
        .build();
  }
}
