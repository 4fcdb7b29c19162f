package io.prism.reader.postgres;

import com.google.protobuf.Value;
import io.prism.reader.domain.Key;
import io.prism.reader.domain.Segment;
import io.prism.reader.domain.Segment.Bound;
import io.prism.reader.domain.Selection;
import io.prism.reader.domain.Sort;
import io.prism.relational.Column;
import io.prism.relational.ColumnType;
import io.prism.relational.Table;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.OrderField;
import org.jooq.SelectField;
import org.jooq.SelectLimitStep;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** A selection over one reading of its table: which columns, which conditions, which order. */
final class PreparedScan {

  private static final Sql.Slot LIMIT = new Sql.Slot(Sql.Source.LIMIT, 0);
  private static final Sql.Slot SKIP = new Sql.Slot(Sql.Source.SKIP, 0);

  private final Table table;
  private final RowReader rows;
  private final BoundFilter filter;
  private final List<Column> keyColumns;
  private final List<Key> keys;
  private final String shape;
  private final byte[] identity;

  private PreparedScan(
      Table table,
      List<Column> fields,
      BoundFilter filter,
      List<Column> keyColumns,
      List<Key> keys,
      String namespace) {
    this.table = table;
    this.rows = new RowReader(table, fields);
    this.filter = filter;
    this.keyColumns = keyColumns;
    this.keys = keys;
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < keys.size(); i++) {
      Key key = keys.get(i);
      // A position is of another order, too, when its keys have other types or may be null now.
      order.append(key.descending() ? '-' : '+').append(key.nullable() ? '?' : '!');
      append(order, key.column());
      append(order, keyColumns.get(i).type().name());
    }
    StringBuilder all = new StringBuilder(order).append('|').append(filter.shape()).append('|');
    fields.forEach(column -> append(all, column.name()));
    shape = all.toString();
    identity = hash(namespace, table.name(), order.toString(), filter);
  }

  static PreparedScan of(Table table, Selection<Value> selection) {
    Map<String, Column> columns = new LinkedHashMap<>();
    List<Key> keys = new ArrayList<>();
    List<Sort> sort = selection.sort();
    for (int i = 0; i < sort.size(); i++) {
      String path = "sort[" + i + "].field";
      Column column = Fields.required(table, sort.get(i).field(), path);
      if (!column.type().isOrdered()) {
        throw PrismException.invalid(
            path,
            "'"
                + column.name()
                + "' is of type "
                + column.type().name()
                + " (expected: a type with an order)");
      }
      if (columns.put(column.name(), column) != null) {
        throw PrismException.invalid(path, "'" + column.name() + "' twice (expected: once)");
      }
      keys.add(new Key(column.name(), sort.get(i).descending(), column.nullable()));
    }
    for (Column column : tieBreakers(table)) {
      if (columns.putIfAbsent(column.name(), column) == null) {
        keys.add(new Key(column.name(), lastDirection(keys), column.nullable()));
      }
    }
    return new PreparedScan(
        table,
        Fields.projected(table, selection.fields()),
        BoundFilter.of(table, selection.filter()),
        List.copyOf(columns.values()),
        List.copyOf(keys),
        selection.namespace());
  }

  /** What makes the order total: the primary key, or without one every column that has an order. */
  private static List<Column> tieBreakers(Table table) {
    if (!table.primaryKey().isEmpty()) {
      return table.primaryKey();
    }
    return table.columns().stream().filter(column -> column.type().isOrdered()).toList();
  }

  /** Tie-breakers go the way of the key before them: one index, read one way, serves them all. */
  private static boolean lastDirection(List<Key> keys) {
    return !keys.isEmpty() && keys.getLast().descending();
  }

  private static void append(StringBuilder text, String name) {
    text.append(name.length()).append(':').append(name);
  }

  private static byte[] hash(
      String namespace, String collection, String order, BoundFilter filter) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, namespace);
      update(digest, collection);
      update(digest, order);
      update(digest, filter.shape());
      filter.values().forEach(value -> update(digest, value));
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", e);
    }
  }

  private static void update(MessageDigest digest, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    String length = text == null ? "-" : bytes.length + ":";
    digest.update(length.getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }

  Table table() {
    return table;
  }

  RowReader rows() {
    return rows;
  }

  BoundFilter filter() {
    return filter;
  }

  List<Key> keys() {
    return keys;
  }

  /** Whether no two rows have the same keys. */
  boolean isUnique() {
    return !table.primaryKey().isEmpty();
  }

  byte[] identity() {
    return identity;
  }

  String shape(Segment segment, boolean skipping) {
    return "scan|" + shape + '|' + segment.bounds() + (skipping ? "|skip" : "");
  }

  /** The statement for a segment: the row's columns, then the keys as text. */
  Sql render(Segment segment, boolean skipping) {
    List<SelectField<?>> selected = new ArrayList<>(rows.selected());
    keyColumns.forEach(column -> selected.add(ColumnType.text().cast(Fields.of(column))));
    List<Condition> conditions = new ArrayList<>();
    conditions.add(filter.condition());
    segment.bounds().forEach(bound -> conditions.add(condition(bound)));
    SelectLimitStep<?> select =
        DSL.select(selected).from(Fields.of(table)).where(conditions).orderBy(order());
    return Sql.render(
        skipping
            ? select.limit(LIMIT.param(Long.class)).offset(SKIP.param(Long.class))
            : select.limit(LIMIT.param(Long.class)));
  }

  private List<OrderField<?>> order() {
    List<OrderField<?>> order = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Field<Object> field = Fields.of(keyColumns.get(i));
      order.add(keys.get(i).descending() ? field.desc() : field.asc());
    }
    return order;
  }

  private Condition condition(Bound bound) {
    return switch (bound) {
      case Bound.Same same -> field(same.key()).eq(position(same.key()));
      case Bound.Null isNull -> field(isNull.key()).isNull();
      case Bound.NotNull notNull -> field(notNull.key()).isNotNull();
      case Bound.Beyond beyond ->
          keys.get(beyond.key()).descending()
              ? field(beyond.key()).lt(position(beyond.key()))
              : field(beyond.key()).gt(position(beyond.key()));
      case Bound.AllBeyond _ -> allBeyond();
    };
  }

  private Condition allBeyond() {
    List<Field<?>> fields = new ArrayList<>();
    List<Field<?>> values = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      fields.add(field(i));
      values.add(position(i));
    }
    String comparison = keys.getFirst().descending() ? "{0} < {1}" : "{0} > {1}";
    return DSL.condition(comparison, DSL.row(fields), DSL.row(values));
  }

  private Field<Object> field(int key) {
    return Fields.of(keyColumns.get(key));
  }

  private Field<Object> position(int key) {
    Sql.Slot slot = new Sql.Slot(Sql.Source.POSITION, key);
    return keyColumns.get(key).type().parameter(slot.param(String.class));
  }
}
