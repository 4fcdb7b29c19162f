package io.prism.reader.postgres;

import com.google.protobuf.Value;
import io.prism.reader.domain.Collections;
import io.prism.reader.domain.CopyName;
import io.prism.reader.domain.CopyableRows;
import io.prism.reader.domain.ReaderReason;
import io.prism.reader.domain.Scan;
import io.prism.reader.domain.Selection;
import io.prism.reader.domain.StoredRow;
import io.prism.relational.Catalogue;
import io.prism.relational.RowKey;
import io.prism.relational.Table;
import io.prism.starter.error.PrismException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.impl.DSL;

/** The tables and views of PostgreSQL. */
public final class PostgresCollections implements Collections<Value, byte[]>, CopyableRows<byte[]> {

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
  public Scan<byte[]> scan(Selection<Value> selection) {
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
          return database.select(
              "count",
              sql,
              values,
              rows -> {
                rows.next();
                return rows.getLong(1);
              });
        });
  }

  private static Sql renderCount(Table table, BoundFilter filter) {
    return Sql.render(DSL.selectCount().from(Fields.of(table)).where(filter.condition()));
  }

  @Override
  public Optional<byte[]> get(String namespace, String collection, String id, List<String> fields) {
    return onTable(
        namespace, collection, table -> statements.lookup(table, fields, database).get(id));
  }

  @Override
  public Optional<CopyName> copyName(String namespace, String collection, String id) {
    Table table = table(namespace, collection);
    return Lookup.copyKey(table)
        .flatMap(
            key ->
                key.asked(id, "id").map(name -> new CopyName(name, key.isExact(), table.shape())));
  }

  @Override
  public Optional<StoredRow<byte[]>> stored(String namespace, String collection, String id) {
    return onTable(
        namespace,
        collection,
        table -> {
          Lookup lookup = statements.lookup(table, List.of(), database).lookup();
          Optional<RowKey> key = Lookup.copyKey(table);
          return database.select(
              "get",
              lookup.one(),
              Lookup.values(lookup.key().type().toJdbc(id, "id")),
              rows -> {
                if (!rows.next()) {
                  return Optional.empty();
                }
                byte[] row = lookup.rows().read(rows);
                Optional<String> name =
                    key.isEmpty() ? Optional.empty() : lookup.name(key.get(), rows);
                return Optional.of(new StoredRow<>(name, table.shape(), row));
              });
        });
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
    return catalogue
        .table(namespace, collection)
        .orElseThrow(() -> notFound(namespace, collection));
  }

  private static PrismException notFound(String namespace, String collection) {
    String shown =
        collection.length() > MAX_SHOWN ? collection.substring(0, MAX_SHOWN) + "…" : collection;
    return PrismException.because(
            ReaderReason.COLLECTION_NOT_FOUND,
            "no collection '%s' in namespace '%s'".formatted(shown, namespace))
        .resource("collection", shown)
        .build();
  }
}
