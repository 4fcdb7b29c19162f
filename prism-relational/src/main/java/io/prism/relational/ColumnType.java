package io.prism.relational;

import com.google.protobuf.Value;
import io.prism.starter.error.PrismException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Param;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The type of a column: how its values travel, and how they reach PostgreSQL.
 *
 * <p>Values go to PostgreSQL in its own text form, as parameters of no declared type within a cast
 * to this type ({@link #parameter}, {@link #bind}), so that PostgreSQL reads them exactly as it
 * would read a literal. Types that are not known here ({@link Kind#OTHER}: intervals, network
 * addresses, ranges, …) travel in that text form too.
 */
public final class ColumnType {

  /** Families of types that travel alike. */
  public enum Kind {
    BOOLEAN,
    INT2,
    INT4,
    INT8,
    FLOAT4,
    FLOAT8,
    NUMERIC,
    TEXT,
    /** Blank-padded: trailing blanks mean nothing, and do not travel. */
    CHAR,
    UUID,
    DATE,
    TIME,
    TIMETZ,
    TIMESTAMP,
    TIMESTAMPTZ,
    BYTEA,
    JSON,
    JSONB,
    ENUM,
    ARRAY,
    OTHER
  }

  private static final String PG_CATALOG = "pg_catalog";
  private static final ColumnType JSONB = of(Kind.JSONB, PG_CATALOG, "jsonb", true, List.of());
  private static final ColumnType TEXT = of(Kind.TEXT, PG_CATALOG, "text", true, List.of());

  private final Kind kind;
  private final String schema;
  private final String name;
  private final boolean ordered;
  private final List<String> labels;
  private final @Nullable ColumnType element;

  private ColumnType(
      Kind kind,
      String schema,
      String name,
      boolean ordered,
      List<String> labels,
      @Nullable ColumnType element) {
    this.kind = kind;
    this.schema = schema;
    this.name = name;
    this.ordered = ordered;
    this.labels = List.copyOf(labels);
    this.element = element;
  }

  /**
   * A type that is no array.
   *
   * @param ordered whether PostgreSQL can sort by it
   * @param labels of an enum, in its order
   */
  static ColumnType of(
      Kind kind, String schema, String name, boolean ordered, List<String> labels) {
    return new ColumnType(kind, schema, name, ordered, labels, null);
  }

  /** The type of arrays, of any number of dimensions, of an element type. */
  static ColumnType arrayOf(ColumnType element) {
    return new ColumnType(
        Kind.ARRAY, element.schema, element.name, element.ordered, List.of(), element);
  }

  /** PostgreSQL's {@code text}, which every type can be cast to. */
  public static ColumnType text() {
    return TEXT;
  }

  public Kind kind() {
    return kind;
  }

  /** What PostgreSQL calls it, for messages. */
  public String name() {
    return element == null ? name : name + "[]";
  }

  /** Whether it is PostgreSQL's own, and not of an extension or made by users. */
  boolean isBuiltIn() {
    return schema.equals(PG_CATALOG);
  }

  /** Whether PostgreSQL can compare its values and sort by them; json, for one, has no order. */
  public boolean isOrdered() {
    return ordered;
  }

  /** What an array has in it; empty when this is none. */
  public Optional<ColumnType> element() {
    return Optional.ofNullable(element);
  }

  /** The type of arrays of this type; not for arrays, whose dimensions are part of their values. */
  public ColumnType array() {
    return arrayOf(this);
  }

  /**
   * The type as which values are compared. Mostly this one; json has no equality and is compared as
   * jsonb, and what else has none is compared in its text form.
   */
  public ColumnType compared() {
    if (element != null) {
      ColumnType comparedElement = element.compared();
      return comparedElement.equals(element) ? this : comparedElement.array();
    }
    if (kind == Kind.JSON) {
      return JSONB;
    }
    return ordered ? this : TEXT;
  }

  /** What an enum may be, in its order; empty for any other type. */
  public List<String> labels() {
    return labels;
  }

  /**
   * A column as it is to be selected for {@link #read}. Mostly the column itself; as text where the
   * driver's own text for its binary format is another one than PostgreSQL's.
   */
  public Field<?> selected(Field<?> column) {
    ColumnType scalar = element == null ? this : element;
    boolean asText = scalar.kind == Kind.TIMETZ || scalar.kind == Kind.OTHER;
    return asText ? TEXT.cast(column) : column;
  }

  /**
   * The value of a column of the current row, selected as {@link #selected} says; SQL NULL is a
   * null value. Both formats of the driver are understood, text and binary, and any time zone of
   * the connection.
   */
  public Value read(ResultSet row, int column) throws SQLException {
    return ValueReader.read(this, row, column);
  }

  /**
   * The same of a type whose values travel as strings, without the message around it: of any but
   * BOOLEAN, the numbers INT2, INT4, FLOAT4 and FLOAT8, JSON, JSONB and ARRAY.
   */
  public @Nullable String readString(ResultSet row, int column) throws SQLException {
    return ValueReader.string(this, row, column);
  }

  /** A value from PostgreSQL's text form of it. */
  public Value fromText(String text) {
    return ValueReader.fromText(this, text);
  }

  /**
   * A value in PostgreSQL's text form, or null for a null value.
   *
   * @param path of the value in the request, for the message
   * @throws PrismException INVALID_ARGUMENT when it is no value of this type
   */
  public @Nullable String toJdbc(Value value, String path) {
    return ValueWriter.toJdbc(this, value, path);
  }

  /**
   * The same for a value that a request holds as a string whatever its type is, such as an id.
   *
   * @throws PrismException INVALID_ARGUMENT when it is no value of this type
   */
  public String toJdbc(String text, String path) {
    return ValueWriter.toJdbc(this, text, path);
  }

  /** A parameter as a value of this type: {@code cast(? as type)}. */
  public Field<Object> parameter(Param<String> parameter) {
    return cast(parameter);
  }

  /** Something else as a value of this type. */
  public Field<Object> cast(Field<?> value) {
    return DSL.field(
        element == null ? "cast({0} as {1})" : "cast({0} as {1}[])",
        Object.class,
        value,
        sqlName());
  }

  /** Its qualified name; that of the element for an array. */
  public Name sqlName() {
    return DSL.name(schema, name);
  }

  /** Sets a parameter to what {@link #toJdbc} returned. */
  public static void bind(PreparedStatement statement, int index, @Nullable String text)
      throws SQLException {
    if (text == null) {
      statement.setNull(index, Types.OTHER);
    } else {
      // Without a declared type, PostgreSQL takes it for what the cast says, not for text.
      statement.setObject(index, text, Types.OTHER);
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
