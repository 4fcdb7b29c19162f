package io.prism.transact.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.Value;
import io.prism.relational.Catalogue;
import io.prism.relational.Column;
import io.prism.relational.ColumnType.Kind;
import io.prism.relational.Table;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.error.PrismException;
import io.prism.transact.domain.DataWrite;
import io.prism.transact.domain.TimeLimit;
import io.prism.transact.domain.TransactReason;
import io.prism.transact.domain.WriteMode;
import io.prism.transact.postgres.WriteSql.Rendered;
import io.prism.transact.postgres.WriteSql.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns writes to tables into statements, checked against the catalogue. */
public final class DataWrites {

  private static final int MAX_TABLES = 10_000;
  private static final int MAX_SHAPES = 1_000;
  private static final String RECORD = "data.record";
  private static final Set<Kind> CHECKED_VERSIONS =
      EnumSet.of(Kind.INT2, Kind.INT4, Kind.INT8, Kind.NUMERIC, Kind.UUID);

  private final Catalogue catalogue;
  private final Lane lane;
  private final BackendGuard guard;
  private final boolean tellingRows;

  /** A table is equal to itself only, and read anew after every change: so is its SQL. */
  private final Cache<Table, Cache<Shape, Rendered>> rendered =
      Caffeine.newBuilder().weakKeys().maximumSize(MAX_TABLES).build();

  /**
   * @param lane for reading the catalogue, if it must be read
   * @param tellingRows whether statements are to tell which rows they have changed
   */
  public DataWrites(Catalogue catalogue, Lane lane, BackendGuard guard, boolean tellingRows) {
    this.catalogue = catalogue;
    this.lane = lane;
    this.guard = guard;
    this.tellingRows = tellingRows;
  }

  /**
   * The statement of a write.
   *
   * @throws PrismException TABLE_NOT_FOUND, TABLE_NOT_WRITABLE, INVALID_ARGUMENT
   */
  DataStatement prepare(String namespace, DataWrite<Value> write, TimeLimit limit) {
    Table table = table(namespace, write.table(), limit);
    if (!hasColumns(table, write)) {
      // They may be new.
      catalogue.forget(namespace, write.table());
      table = table(namespace, write.table(), limit);
    }
    return prepare(namespace, table, write);
  }

  private Table table(String namespace, String name, TimeLimit limit) {
    return catalogue
        .remembered(namespace, name)
        .or(() -> read(namespace, name, limit))
        .orElseThrow(() -> notFound(name));
  }

  /** On a lane of ours, since the catalogue's own connection would know no limit. */
  private Optional<Table> read(String namespace, String name, TimeLimit limit) {
    try {
      return guard.call(
          "catalogue",
          () -> {
            try (Lease lease = lane.lease(limit);
                Lease.Watch _ = lease.watch(limit)) {
              return catalogue.table(lease.connection(), namespace, name);
            }
          });
    } catch (RuntimeException e) {
      throw WriteFailures.translated(e, limit);
    }
  }

  private static boolean hasColumns(Table table, DataWrite<Value> write) {
    String idField = write.idField();
    if (idField != null && !idField.isEmpty() && table.column(idField).isEmpty()) {
      return false;
    }
    for (String name : write.values().keySet()) {
      if (table.column(name).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private DataStatement prepare(String namespace, Table table, DataWrite<Value> write) {
    if (!table.isStored()) {
      throw PrismException.because(
              TransactReason.TABLE_NOT_WRITABLE,
              "'" + write.table() + "' is a view (expected: a table)")
          .build();
    }
    List<Column> key = key(table, write);
    BitSet sent = sent(table, write);
    check(write, table, key, sent);
    Shape shape = new Shape(write.mode(), key, sent, write.expectedVersion() != null);
    Rendered sql =
        rendered
            .get(table, t -> Caffeine.newBuilder().maximumSize(MAX_SHAPES).build())
            .get(shape, s -> WriteSql.render(table, s, tellingRows));
    return new DataStatement(
        WriteSql.searchPath(table),
        sql,
        new WrittenRows(namespace, table, write, sql.told()),
        values(sql.bound(), write),
        values(key, write),
        version(sql, write),
        write.mode());
  }

  /** Reads the table anew the next time: PostgreSQL says that it is not as it was. */
  void forget(String namespace, DataWrite<Value> write) {
    catalogue.forget(namespace, write.table());
  }

  private static List<Column> key(Table table, DataWrite<Value> write) {
    if (write.mode() == WriteMode.INSERT) {
      return List.of();
    }
    String idField = write.idField();
    if (idField == null || idField.isEmpty()) {
      if (table.primaryKey().isEmpty()) {
        throw PrismException.invalid(
            "data.id_field", "not set, and '" + table.name() + "' has no primary key");
      }
      return table.primaryKey();
    }
    Column column =
        table
            .column(idField)
            .orElseThrow(
                () ->
                    PrismException.invalid(
                        "data.id_field", "'" + idField + "' (expected: a column of the table)"));
    List<Column> key = List.of(column);
    if (write.mode() == WriteMode.UPSERT && !key.equals(table.primaryKey())) {
      throw PrismException.invalid(
          "data.id_field", "'" + idField + "' (expected with UPSERT: the primary key)");
    }
    return key;
  }

  private static BitSet sent(Table table, DataWrite<Value> write) {
    Map<String, Value> values = write.values();
    List<Column> columns = table.columns();
    BitSet sent = new BitSet(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      if (values.containsKey(columns.get(i).name())) {
        sent.set(i);
      }
    }
    if (sent.cardinality() < values.size()) {
      for (String name : values.keySet()) {
        if (table.column(name).isEmpty()) {
          throw PrismException.invalid(path(name), "no such column in '" + table.name() + "'");
        }
      }
    }
    return sent;
  }

  private static void check(DataWrite<Value> write, Table table, List<Column> key, BitSet sent) {
    for (Column column : key) {
      Value value = write.values().get(column.name());
      if (value == null || value.hasNullValue()) {
        throw PrismException.invalid(path(column.name()), "not set (expected: the id of the row)");
      }
    }
    for (int i = sent.nextSetBit(0); i >= 0; i = sent.nextSetBit(i + 1)) {
      Column column = table.columns().get(i);
      boolean written = !key.contains(column) || write.mode() == WriteMode.UPSERT;
      if (written && write.mode() == WriteMode.DELETE) {
        throw PrismException.invalid(
            path(column.name()), "with a DELETE (expected: the id of the row only)");
      }
      if (written && column.generated()) {
        throw PrismException.invalid(
            path(column.name()), "always generated by the store (expected: not set)");
      }
    }
    if (write.mode() == WriteMode.UPDATE && sent.cardinality() == key.size()) {
      throw PrismException.invalid(RECORD, "only the id (expected: something to change)");
    }
  }

  private static List<@Nullable String> values(List<Column> columns, DataWrite<Value> write) {
    List<@Nullable String> values = new ArrayList<>(columns.size());
    for (Column column : columns) {
      Value value = write.values().get(column.name());
      if (value == null) {
        throw new IllegalStateException("a parameter without a value: " + column.name());
      }
      values.add(column.type().toJdbc(value, path(column.name())));
    }
    return values;
  }

  private static @Nullable String version(Rendered sql, DataWrite<Value> write) {
    String expected = write.expectedVersion();
    Column version = sql.version();
    if (expected == null || version == null) {
      return expected;
    }
    // Any other type as Reader reports it, which is PostgreSQL's own text form.
    return CHECKED_VERSIONS.contains(version.type().kind())
        ? version.type().toJdbc(expected, "data.expected_version")
        : expected;
  }

  private static String path(String column) {
    return RECORD + "." + column;
  }

  static PrismException notFound(String table) {
    return PrismException.because(TransactReason.TABLE_NOT_FOUND, "no table '" + table + "'")
        .resource("table", table)
        .build();
  }
}
