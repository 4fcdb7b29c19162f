package io.prism.cache.postgres;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.SQLDialect;
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

  /** Whether the one text of an id that names a row is the text that PostgreSQL has for it. */
  boolean hasPlainKey() {
    return switch (key.type().kind()) {
      case INT2, INT4, INT8, UUID, CHAR -> true;
      case BOOLEAN, FLOAT4, FLOAT8, NUMERIC, TEXT, DATE, TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ ->
          false;
      case BYTEA, JSON, JSONB, ENUM, ARRAY, OTHER -> false;
    };
  }

  /** Reads the values of some ids; a row without a value is not there. */
  void select(Connection connection, List<String> ids, Values values) throws SQLException {
    RowJson row = value == null ? new RowJson(table) : null;
    Field<?> selected = value == null ? DSL.inline(0) : bytes(value, named(value));
    String sql =
        RENDERER.render(
            DSL.select(DSL.field(DSL.name("wanted", "place"), Long.class), selected)
                .select(row == null ? List.of() : row.selected(ALIAS))
                .from(
                    DSL.table(
                        "unnest(cast({0} as text[])) with ordinality as wanted(id, place)",
                        DSL.param("ids", String.class)))
                .join(DSL.table(DSL.name(table.schema().name(), table.name())).as(ALIAS))
                .on(named(key).eq(key.type().cast(DSL.field(DSL.name("wanted", "id"))))));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", ids.toArray()));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          int index = Math.toIntExact(result.getLong(1)) - 1;
          byte[] bytes = row == null ? result.getBytes(2) : row.read(result, 3);
          if (bytes != null) {
            values.add(index, bytes);
          }
        }
      }
    }
  }

  /** The value of a row that nobody else may change until the transaction ends. */
  Optional<byte[]> lock(Connection connection, String id) throws SQLException {
    String sql =
        RENDERER.render(
            DSL.select(bytes(writable(), named(writable())))
                .from(target())
                .where(isId())
                .forUpdate());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ColumnType.bind(statement, 1, id);
      return first(statement);
    }
  }

  /** Changes a row; its value now, or empty when there is no such row. */
  Optional<byte[]> update(Connection connection, String id, byte[] bytes) throws SQLException {
    return update(connection, id, bytes, isId());
  }

  /** Gives a value to a row that has none. */
  Optional<byte[]> updateNull(Connection connection, String id, byte[] bytes) throws SQLException {
    return update(connection, id, bytes, isId().and(named(writable()).isNull()));
  }

  private Optional<byte[]> update(
      Connection connection, String id, byte[] bytes, org.jooq.Condition condition)
      throws SQLException {
    String sql =
        RENDERER.render(
            DSL.update(target())
                .set(Map.of(plain(writable()), given()))
                .where(condition)
                .returningResult(bytes(writable(), named(writable()))));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bindValue(statement, 1, bytes);
      ColumnType.bind(statement, 2, id);
      return first(statement);
    }
  }

  /** Makes a row; its value now, or empty when there is one already. */
  Optional<byte[]> insert(Connection connection, String id, byte[] bytes) throws SQLException {
    String sql =
        RENDERER.render(
            DSL.insertInto(DSL.table(DSL.name(table.schema().name(), table.name())))
                .columns(plain(key), plain(writable()))
                .select(
                    DSL.select(key.type().parameter(DSL.param("id", String.class)), given())
                        .whereNotExists(DSL.selectOne().from(target()).where(isId())))
                .onConflictDoNothing()
                .returningResult(bytes(writable(), plain(writable()))));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ColumnType.bind(statement, 1, id);
      bindValue(statement, 2, bytes);
      ColumnType.bind(statement, 3, id);
      return first(statement);
    }
  }

  private static Optional<byte[]> first(PreparedStatement statement) throws SQLException {
    try (ResultSet result = statement.executeQuery()) {
      return result.next() ? Optional.ofNullable(result.getBytes(1)) : Optional.empty();
    }
  }

  boolean delete(Connection connection, String id) throws SQLException {
    writable();
    String sql = RENDERER.render(DSL.deleteFrom(target()).where(isId()));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ColumnType.bind(statement, 1, id);
      return statement.executeUpdate() > 0;
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
