package io.prism.relational;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's values as they travel. On the path of every row: makes nothing that it need not. */
final class ValueReader {

  static final Value NULL = Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

  private static final Value TRUE = Value.newBuilder().setBoolValue(true).build();
  private static final Value FALSE = Value.newBuilder().setBoolValue(false).build();
  private static final String HEX_PREFIX = "\\x";

  private ValueReader() {}

  static Value read(ColumnType type, ResultSet row, int column) throws SQLException {
    return switch (type.kind()) {
      case BOOLEAN -> {
        boolean value = row.getBoolean(column);
        yield row.wasNull() ? NULL : bool(value);
      }
      case INT2, INT4 -> {
        int value = row.getInt(column);
        yield row.wasNull() ? NULL : number(value);
      }
      case FLOAT8 -> {
        double value = row.getDouble(column);
        yield row.wasNull() ? NULL : number(value);
      }
      case INT8, NUMERIC, TEXT, CHAR, UUID, DATE, TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ -> {
        String value = string(type, row, column);
        yield value == null ? NULL : string(value);
      }
      case BYTEA, ENUM, OTHER -> {
        String value = string(type, row, column);
        yield value == null ? NULL : string(value);
      }
      case FLOAT4, JSON, JSONB, ARRAY -> {
        String text = row.getString(column);
        yield text == null ? NULL : fromText(type, text);
      }
    };
  }

  /** The value of a type whose values travel as strings. */
  static @Nullable String string(ColumnType type, ResultSet row, int column) throws SQLException {
    return switch (type.kind()) {
      case BYTEA -> {
        byte[] value = row.getBytes(column);
        yield value == null ? null : Base64.getEncoder().encodeToString(value);
      }
      case TIMESTAMPTZ -> TemporalText.timestampTz(row, column);
      default -> {
        String text = row.getString(column);
        yield text == null ? null : stringFromText(type, text);
      }
    };
  }

  private static String stringFromText(ColumnType type, String text) {
    return switch (type.kind()) {
      case INT8, TEXT, UUID, TIME, ENUM, OTHER -> text;
      case NUMERIC -> plain(text);
      case CHAR -> text.stripTrailing();
      case DATE -> TemporalText.dateFromPostgres(text);
      case TIMETZ -> TemporalText.timeTzFromPostgres(text);
      case TIMESTAMP -> TemporalText.timestampFromPostgres(text);
      case TIMESTAMPTZ -> TemporalText.timestampTzFromPostgres(text);
      case BYTEA -> base64(text);
      case BOOLEAN, INT2, INT4, FLOAT4, FLOAT8, JSON, JSONB, ARRAY ->
          throw new IllegalArgumentException(type + " does not travel as a string");
    };
  }

  static Value fromText(ColumnType type, String text) {
    return switch (type.kind()) {
      case BOOLEAN -> bool(text.startsWith("t"));
      case INT2, INT4 -> number(Integer.parseInt(text));
      // Also of a float4: the shortest decimal is what was written, its double expansion is not.
      case FLOAT4, FLOAT8 -> number(Double.parseDouble(text));
      case INT8, NUMERIC, TEXT, CHAR, UUID, DATE, TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ ->
          string(stringFromText(type, text));
      case BYTEA, ENUM, OTHER -> string(stringFromText(type, text));
      case JSON, JSONB -> JsonText.parse(text);
      case ARRAY -> ArrayText.parse(text, type.element().orElseThrow());
    };
  }

  /** The driver's binary form of a numeric has exponents in its text. */
  private static String plain(String text) {
    return text.indexOf('E') < 0 ? text : new BigDecimal(text).toPlainString();
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(HexFormat.of().parseHex(text, HEX_PREFIX.length(), text.length()));
  }

  static Value bool(boolean value) {
    return value ? TRUE : FALSE;
  }

  static Value number(double value) {
    if (Double.isFinite(value)) {
      return Value.newBuilder().setNumberValue(value).build();
    }
    return string(Double.toString(value));
  }

  static Value string(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  static Value list(ListValue.Builder values) {
    return Value.newBuilder().setListValue(values).build();
  }
}
