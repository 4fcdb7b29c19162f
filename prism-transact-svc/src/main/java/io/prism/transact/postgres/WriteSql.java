package io.prism.transact.postgres;

import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;

import io.prism.relational.Column;
import io.prism.relational.RowKey;
import io.prism.relational.Table;
import io.prism.transact.domain.ChangedRows;
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
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.Select;
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
   * @param told the key of changed rows, which is the last column of the answer: where counted, an
   *     array of their texts, those before the change included and one more than {@link
   *     ChangedRows#MAX_ROWS} at most; null when there is no such column
   * @param existence asks whether there is a row with the key, whose values are the parameters
   */
  record Rendered(
      String sql,
      List<Column> bound,
      @Nullable Column version,
      List<Column> returned,
      boolean counted,
      @Nullable RowKey told,
      @Nullable String existence) {}

  private static final Field<Object> KEY = DSL.field(name("prism_key"));
  private static final Field<Object> KEY_BEFORE = DSL.field(name("prism_row", "prism_before"));

  private final Table table;
  private final Shape shape;
  private final org.jooq.Table<Record> target;
  private final @Nullable RowKey told;
  private final List<Column> bound = new ArrayList<>();

  private WriteSql(Table table, Shape shape, @Nullable RowKey told) {
    this.table = table;
    this.shape = shape;
    this.told = told;
    this.target = table(name(table.schema().name(), table.name()));
  }

  /**
   * @param tellingRows whether the answer is to have the keys of changed rows
   */
  static Rendered render(Table table, Shape shape, boolean tellingRows) {
    RowKey told = tellingRows ? RowKey.of(table).orElse(null) : null;
    return new WriteSql(table, shape, told).render();
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
    if (told != null) {
      returning.add(field(told.column()).as(KEY));
    }
    if (isMove()) {
      returning.add(KEY_BEFORE);
    }
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
        told,
        shape.versioned() ? existence() : null);
  }

  /** Whether rows may have another key afterwards, and it is to be told which they had. */
  private boolean isMove() {
    return told != null
        && shape.mode() == WriteMode.UPDATE
        && isSent(told.column())
        && !shape.key().contains(told.column());
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
      // Its own key and not the one that was sent, which may be equal and written otherwise.
      Column key = table.primaryKey().getFirst();
      changes.put(field(key), qualified(key));
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
    return told != null && isMove()
        ? move(told.column(), changes, returning)
        : SQL.update(target).set(changes).where(isTheRow()).returningResult(returning);
  }

  /** Only from version 18 on PostgreSQL says by itself what a column was before. */
  private ResultQuery<?> move(Column key, Map<Field<?>, Object> changes, List<Field<?>> returning) {
    org.jooq.Table<?> before =
        SQL.select(field(key).as(KEY_BEFORE.getUnqualifiedName()))
            .from(target)
            .where(isTheRow())
            .forUpdate()
            .asTable(name("prism_row"));
    return SQL.update(target)
        .set(changes)
        .from(before)
        .where(qualified(key).eq(KEY_BEFORE))
        .returningResult(returning);
  }

  private Field<Object> qualified(Column column) {
    return DSL.field(name(table.schema().name(), table.name(), column.name()));
  }

  private ResultQuery<?> delete(List<Field<?>> returning) {
    return SQL.deleteFrom(target).where(isTheRow()).returningResult(returning);
  }

  private void bump(Map<Field<?>, Object> changes) {
    Column version = Versions.column(table);
    if (version != null && !isSent(version) && !version.generated()) {
      Field<?> next = Versions.next(version, qualified(version));
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

  /** A change of many rows answers how many they were, one of them, and the keys of all. */
  private String counted(ResultQuery<?> write, List<Column> returned) {
    List<Field<?>> answer = new ArrayList<>();
    answer.add(NOW);
    answer.add(DSL.count().over());
    returned.forEach(column -> answer.add(field(column)));
    if (told != null) {
      answer.add(DSL.field(keys()));
    }
    return SQL.render(
        SQL.with("written")
            .as(write)
            .select(answer)
            .from(table(name("written")))
            .limit(DSL.inline(1)));
  }

  private Select<Record1<String[]>> keys() {
    org.jooq.Table<Record> written = table(name("written"));
    Field<String> text = DSL.field(name("key"), String.class);
    Select<Record1<String>> all = SQL.select(asText(KEY).as(text)).from(written);
    if (isMove()) {
      Field<?> before = DSL.field(KEY_BEFORE.getUnqualifiedName());
      all = all.unionAll(SQL.select(asText(before).as(text)).from(written));
    }
    return SQL.select(DSL.arrayAgg(text))
        .from(
            SQL.select(text)
                .from(all.asTable(name("every")))
                .limit(DSL.inline(ChangedRows.MAX_ROWS + 1))
                .asTable(name("keys")));
  }

  private static Field<String> asText(Field<?> value) {
    return DSL.field("cast({0} as text)", String.class, value);
  }

  private String existence() {
    Condition row = DSL.noCondition();
    for (Column column : shape.key()) {
      row = row.and(field(column).eq(column.type().parameter(DSL.param("", String.class))));
    }
    return SQL.render(selectOne().from(target).where(row).limit(DSL.inline(1)));
  }
}
