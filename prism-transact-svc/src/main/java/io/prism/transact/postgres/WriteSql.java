package io.prism.transact.postgres;

import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;

import io.prism.relational.Column;
import io.prism.relational.Table;
import io.prism.transact.domain.WriteMode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertSetMoreStep;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Renders the SQL of writes to tables. */
final class WriteSql {

  private static final DSLContext SQL = DSL.using(SQLDialect.POSTGRES);
  private static final Field<?> NOW = DSL.field("clock_timestamp()");

  /**
   * What decides the text of a write.
   *
   * @param key the columns that tell the row
   * @param sent which of the table's columns have values, by position
   * @param versioned whether the row must have some version
   */
  record Shape(WriteMode mode, List<Column> key, BitSet sent, boolean versioned) {}

  /**
   * A rendered write.
   *
   * @param sql answers the time, how many rows there were where {@code counted}, and the returned
   *     columns, for each row; where counted, for one row at most
   * @param bound the columns whose values are its parameters, in order
   * @param version what the last parameter is compared to; null when it is the system version, or
   *     none
   * @param existence asks whether there is a row with the key, whose values are the parameters
   */
  record Rendered(
      String sql,
      List<Column> bound,
      @Nullable Column version,
      List<Column> returned,
      boolean counted,
      @Nullable String existence) {}

  private final Table table;
  private final Shape shape;
  private final org.jooq.Table<Record> target;
  private final List<Column> bound = new ArrayList<>();

  private WriteSql(Table table, Shape shape) {
    this.table = table;
    this.shape = shape;
    this.target = table(name(table.schema().name(), table.name()));
  }

  static Rendered render(Table table, Shape shape) {
    return new WriteSql(table, shape).render();
  }

  /** Where unqualified names are looked for: where the namespace's migrations have made them. */
  static String searchPath(Table table) {
    return SQL.render(name(table.schema().name()));
  }

  private Rendered render() {
    List<Column> returned =
        shape.mode() == WriteMode.DELETE
            ? List.of()
            : table.columns().stream().filter(column -> !isSent(column)).toList();
    // A column that is not the primary key may be in any number of rows.
    boolean counted = shape.mode() != WriteMode.INSERT && !shape.key().equals(table.primaryKey());
    List<Field<?>> returning = new ArrayList<>();
    returning.add(NOW);
    returned.forEach(column -> returning.add(field(column)));
    ResultQuery<?> write =
        switch (shape.mode()) {
          case INSERT -> insert(returning);
          case UPSERT -> shape.versioned() ? update(returning) : upsert(returning);
          case UPDATE -> update(returning);
          case DELETE -> delete(returning);
        };
    Column version = shape.versioned() ? Versions.column(table) : null;
    return new Rendered(
        counted ? counted(write, returned) : SQL.render(write),
        List.copyOf(bound),
        version,
        returned,
        counted,
        shape.versioned() ? existence() : null);
  }

  private boolean isSent(Column column) {
    return shape.sent().get(table.columns().indexOf(column));
  }

  private List<Column> sent() {
    return shape.sent().stream().mapToObj(table.columns()::get).toList();
  }

  private static Field<Object> field(Column column) {
    return DSL.field(name(column.name()));
  }

  private Field<Object> parameter(Column column) {
    bound.add(column);
    return column.type().parameter(DSL.param("", String.class));
  }

  private ResultQuery<?> insert(List<Field<?>> returning) {
    return shape.sent().isEmpty()
        ? SQL.insertInto(target).defaultValues().returningResult(returning)
        : values().returningResult(returning);
  }

  private InsertSetMoreStep<Record> values() {
    Map<Field<?>, Object> values = new LinkedHashMap<>();
    sent().forEach(column -> values.put(field(column), parameter(column)));
    return SQL.insertInto(target).set(values);
  }

  private ResultQuery<?> upsert(List<Field<?>> returning) {
    Map<Field<?>, Object> changes = new LinkedHashMap<>();
    for (Column column : sent()) {
      if (!table.primaryKey().contains(column)) {
        changes.put(field(column), DSL.excluded(field(column)));
      }
    }
    bump(changes);
    if (changes.isEmpty()) {
      // Nothing to change; but a row that is left alone would not be returned.
      Column key = table.primaryKey().getFirst();
      changes.put(field(key), DSL.excluded(field(key)));
    }
    return values()
        .onConflict(table.primaryKey().stream().<Field<?>>map(WriteSql::field).toList())
        .doUpdate()
        .set(changes)
        .returningResult(returning);
  }

  private ResultQuery<?> update(List<Field<?>> returning) {
    Map<Field<?>, Object> changes = new LinkedHashMap<>();
    for (Column column : sent()) {
      if (!shape.key().contains(column)) {
        changes.put(field(column), parameter(column));
      }
    }
    bump(changes);
    if (changes.isEmpty()) {
      Column key = shape.key().getFirst();
      changes.put(field(key), field(key));
    }
    return SQL.update(target).set(changes).where(isTheRow()).returningResult(returning);
  }

  private ResultQuery<?> delete(List<Field<?>> returning) {
    return SQL.deleteFrom(target).where(isTheRow()).returningResult(returning);
  }

  private void bump(Map<Field<?>, Object> changes) {
    Column version = Versions.column(table);
    if (version != null && !isSent(version) && !version.generated()) {
      Field<?> next =
          Versions.next(
              version, DSL.field(name(table.schema().name(), table.name(), version.name())));
      if (next != null) {
        changes.put(field(version), next);
      }
    }
  }

  private Condition isTheRow() {
    Condition row = DSL.noCondition();
    for (Column column : shape.key()) {
      row = row.and(field(column).eq(parameter(column)));
    }
    if (!shape.versioned()) {
      return row;
    }
    Column version = Versions.column(table);
    if (version != null && version.type().isOrdered()) {
      return row.and(field(version).eq(version.type().parameter(DSL.param("", String.class))));
    }
    Field<?> text = version == null ? DSL.field(name("xmin")) : field(version);
    return row.and(
        DSL.field("cast({0} as text)", String.class, text)
            .eq(DSL.field("cast({0} as text)", String.class, DSL.param("", String.class))));
  }

  /** A change of many rows answers how many they were, and one of them. */
  private static String counted(ResultQuery<?> write, List<Column> returned) {
    List<Field<?>> answer = new ArrayList<>();
    answer.add(NOW);
    answer.add(DSL.count().over());
    returned.forEach(column -> answer.add(field(column)));
    return SQL.render(
        SQL.with("written")
            .as(write)
            .select(answer)
            .from(table(name("written")))
            .limit(DSL.inline(1)));
  }

  private String existence() {
    Condition row = DSL.noCondition();
    for (Column column : shape.key()) {
      row = row.and(field(column).eq(column.type().parameter(DSL.param("", String.class))));
    }
    return SQL.render(selectOne().from(target).where(row).limit(DSL.inline(1)));
  }
}
