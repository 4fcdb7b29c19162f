package io.prism.cache.postgres;

import com.google.protobuf.Value;
import io.prism.cache.domain.CacheReason;
import io.prism.cache.domain.SourceMapping;
import io.prism.relational.Column;
import io.prism.relational.ColumnType;
import io.prism.relational.Table;
import io.prism.starter.error.PrismException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a collection that is a source. A name reaches a statement only from the
 * catalogue, and a value never.
 *
 * @param key the column that keys name rows by
 * @param value the column with the value; null: the whole row
 */
record MappedTable(Table table, Column key, @Nullable Column value) {

  private static final DSLContext RENDERER = DSL.using(SQLDialect.POSTGRES);
  private static final String ALIAS = "t";

  /**
   * An id of the key field's type.
   *
   * @param given as the client wrote it
   * @param value as PostgreSQL reads it
   * @param prefix what the client's key has before it
   */
  record Id(String prefix, String given, String value) {

    private static final int MAX_SHOWN = 63;

    /** The client is to write it otherwise. */
    PrismException written(String expected) {
      return PrismException.invalid(
          "key", "'" + prefix + shown(given) + "' (expected: " + prefix + shown(expected) + ")");
    }

    private static String shown(String text) {
      return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }
  }

  /** Takes the value of the key at a place in the list that was asked for. */
  interface Values {
    void add(int index, byte[] value);
  }

  /**
   * How a collection is mapped.
   *
   * @throws PrismException SOURCE_MISCONFIGURED
   */
  static MappedTable of(Table table, SourceMapping mapping) {
    return new MappedTable(
        table,
        keyOf(table, mapping.keyField()),
        mapping.valueField().isEmpty() ? null : column(table, mapping.valueField()));
  }

  private static Column keyOf(Table table, String field) {
    if (!field.isEmpty()) {
      return column(table, field);
    }
    if (table.primaryKey().size() != 1) {
      throw PrismException.of(
          CacheReason.SOURCE_MISCONFIGURED,
          "the primary key of "
              + table.name()
              + " has "
              + table.primaryKey().size()
              + " columns (expected: one, or cache.source.key_field)");
    }
    return table.primaryKey().getFirst();
  }

  private static Column column(Table table, String field) {
    return table
        .column(field)
        .orElseThrow(
            () ->
                PrismException.of(
                    CacheReason.SOURCE_MISCONFIGURED,
                    table.name() + " has no field '" + field + "' that the source names"));
  }

  /**
   * Refuses an id that is written otherwise than the value of the row's key field, or, where there
   * is no such row, than PostgreSQL writes the id: a row has one key, or who writes it would not
   * know all of its copies. Of many types a value has several texts (1 and 1.0, ada and ADA).
   *
   * @param stored PostgreSQL's text of the value
   */
  private void requireOwnText(Id id, @Nullable String stored) {
    String own = stored == null ? "" : text(key.type().fromText(stored), stored);
    if (!own.equals(id.given())) {
      throw id.written(own);
    }
  }

  /** A value as Reader gives it, in a text. */
  private static String text(Value value, String stored) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NUMBER_VALUE, NULL_VALUE, STRUCT_VALUE, LIST_VALUE, KIND_NOT_SET -> stored;
    };
  }

  /**
   * Reads the values of some ids, as far as they fit into so many bytes together; a row without a
   * value is not there.
   *
   * @return the places of ids whose values did not fit
   */
  Set<Integer> select(Connection connection, List<Id> ids, long maxBytes, Values values)
      throws SQLException {
    RowJson row = value == null ? new RowJson(table) : null;
    Set<Integer> leftOut =
        IntStream.range(0, ids.size()).boxed().collect(Collectors.toCollection(HashSet::new));
    String sql = RENDERER.render(selection(row, maxBytes != Long.MAX_VALUE));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(
          1, connection.createArrayOf("text", ids.stream().map(Id::value).toArray()));
      if (maxBytes != Long.MAX_VALUE) {
        statement.setLong(2, maxBytes);
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          int index = Math.toIntExact(result.getLong(1)) - 1;
          requireOwnText(ids.get(index), result.getString(2));
          leftOut.remove(index);
          if (result.getBoolean(3)) {
            byte[] bytes = row == null ? result.getBytes(4) : row.read(result, 4);
            if (bytes != null) {
              values.add(index, bytes);
            }
          }
        }
      }
    }
    return leftOut;
  }

  /** Place, text of the key, whether there is a row, and its value or its columns. */
  private Select<?> selection(@Nullable RowJson row, boolean bounded) {
    Field<Long> place = DSL.field(DSL.name("wanted", "place"), Long.class);
    Field<?> wanted = key.type().cast(DSL.field(DSL.name("wanted", "id")));
    List<SelectFieldOrAsterisk> fields = new ArrayList<>();
    fields.add(place.as("place"));
    fields.add(keyText(DSL.coalesce(named(key), wanted)).as("own_id"));
    fields.add(DSL.field(named(key).isNotNull()).as("present"));
    Field<?> sized;
    if (row == null) {
      sized = bytes(writable(), named(writable()));
      fields.add(sized.as("value"));
    } else {
      int column = 0;
      for (Field<?> selected : row.selected(ALIAS)) {
        fields.add(selected.as("c" + column++));
      }
      sized = DSL.field("cast({0}.* as text)", DSL.name(ALIAS));
    }
    if (bounded) {
      fields.add(
          DSL.field(
                  "sum(coalesce(octet_length({0}), 0)) over (order by {1})",
                  Long.class, sized, place)
              .as("total"));
    }
    Select<?> all =
        DSL.select(fields)
            .from(
                DSL.table(
                    "unnest(cast({0} as text[])) with ordinality as wanted(id, place)",
                    DSL.param("ids", String.class)))
            .leftJoin(target())
            .on(named(key).eq(wanted));
    return bounded
        ? DSL.select(DSL.asterisk())
            .from(all.asTable("found"))
            .where(DSL.field(DSL.name("total"), Long.class).le(DSL.param("bytes", Long.class)))
        : all;
  }

  /** The value of a row that nobody else may change until the transaction ends. */
  Optional<byte[]> lock(Connection connection, Id id) throws SQLException {
    String sql =
        RENDERER.render(
            DSL.select(bytes(writable(), named(writable())), keyText(named(key)))
                .from(target())
                .where(isId())
                .forUpdate());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ColumnType.bind(statement, 1, id.value());
      return first(statement, id);
    }
  }

  /** Changes a row; its value now, or empty when there is no such row. */
  Optional<byte[]> update(Connection connection, Id id, byte[] bytes) throws SQLException {
    return update(connection, id, bytes, isId());
  }

  /** Gives a value to a row that has none. */
  Optional<byte[]> updateNull(Connection connection, Id id, byte[] bytes) throws SQLException {
    return update(connection, id, bytes, isId().and(named(writable()).isNull()));
  }

  private Optional<byte[]> update(
      Connection connection, Id id, byte[] bytes, org.jooq.Condition condition)
      throws SQLException {
    String sql =
        RENDERER.render(
            DSL.update(target())
                .set(Map.of(plain(writable()), given()))
                .where(condition)
                .returningResult(bytes(writable(), named(writable())), keyText(named(key))));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bindValue(statement, 1, bytes);
      ColumnType.bind(statement, 2, id.value());
      return first(statement, id);
    }
  }

  /** Makes a row; its value now, or empty when there is one already. */
  Optional<byte[]> insert(Connection connection, Id id, byte[] bytes) throws SQLException {
    String sql =
        RENDERER.render(
            DSL.insertInto(DSL.table(DSL.name(table.schema().name(), table.name())))
                .columns(plain(key), plain(writable()))
                .select(
                    DSL.select(key.type().parameter(DSL.param("id", String.class)), given())
                        .whereNotExists(DSL.selectOne().from(target()).where(isId())))
                .onConflictDoNothing()
                .returningResult(bytes(writable(), plain(writable())), keyText(plain(key))));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ColumnType.bind(statement, 1, id.value());
      bindValue(statement, 2, bytes);
      ColumnType.bind(statement, 3, id.value());
      return first(statement, id);
    }
  }

  private Optional<byte[]> first(PreparedStatement statement, Id id) throws SQLException {
    try (ResultSet result = statement.executeQuery()) {
      if (!result.next()) {
        return Optional.empty();
      }
      requireOwnText(id, result.getString(2));
      return Optional.ofNullable(result.getBytes(1));
    }
  }

  boolean delete(Connection connection, Id id) throws SQLException {
    writable();
    String sql =
        RENDERER.render(
            DSL.deleteFrom(target()).where(isId()).returningResult(keyText(named(key))));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ColumnType.bind(statement, 1, id.value());
      try (ResultSet result = statement.executeQuery()) {
        boolean deleted = result.next();
        if (deleted) {
          requireOwnText(id, result.getString(1));
        }
        return deleted;
      }
    }
  }

  private Column writable() {
    if (value == null) {
      throw PrismException.of(
          CacheReason.SOURCE_READ_ONLY,
          "values are whole rows of "
              + table.name()
              + " (expected: cache.source.value_field, or a write by Transact)");
    }
    return value;
  }

  private org.jooq.Table<?> target() {
    return DSL.table(DSL.name(table.schema().name(), table.name())).as(ALIAS);
  }

  private org.jooq.Condition isId() {
    return named(key).eq(key.type().parameter(DSL.param("id", String.class)));
  }

  private static Field<Object> named(Column column) {
    return DSL.field(DSL.name(ALIAS, column.name()));
  }

  private static Field<?> keyText(Field<?> key) {
    return ColumnType.text().cast(key);
  }

  private static Field<Object> plain(Column column) {
    return DSL.field(DSL.name(column.name()));
  }

  /** A column's bytes: its own, or those of its text in UTF-8. */
  private static Field<?> bytes(Column column, Field<Object> named) {
    return column.type().kind() == ColumnType.Kind.BYTEA
        ? named
        : DSL.field("convert_to({0}, 'UTF8')", Object.class, ColumnType.text().cast(named));
  }

  private Field<Object> given() {
    Param<String> parameter = DSL.param("value", String.class);
    return writable().type().kind() == ColumnType.Kind.BYTEA
        ? DSL.field("cast({0} as bytea)", Object.class, parameter)
        : writable().type().parameter(parameter);
  }

  private void bindValue(PreparedStatement statement, int index, byte[] bytes) throws SQLException {
    if (writable().type().kind() == ColumnType.Kind.BYTEA) {
      statement.setBytes(index, bytes);
    } else {
      ColumnType.bind(statement, index, text(bytes));
    }
  }

  private String text(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw PrismException.invalid("value", "no UTF-8 (expected: text, as the source's field has)");
    }
    if (text.indexOf('\0') >= 0) {
      throw PrismException.invalid(
          "value", "has a zero character (expected: none, as in any text)");
    }
    return text;
  }
}
