package io.prism.relational;

import com.google.protobuf.Value;
import io.prism.starter.error.PrismException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of requests in PostgreSQL's text form. What PostgreSQL would not take is refused here,
 * where it is still known which field of the request it is.
 */
final class ValueWriter {

  private static final int MAX_SHOWN = 100;
  private static final int UUID_LENGTH = 36;
  private static final double MAX_EXACT = 1L << 53;

  /** Decimals of so many digits survive in a double; of more, the double may be another number. */
  private static final int EXACT_DIGITS = 15;

  private static final int MAX_NUMERIC_INTEGER_DIGITS = 131_072;
  private static final int MAX_NUMERIC_SCALE = 16_383;

  private ValueWriter() {}

  static @Nullable String toJdbc(ColumnType type, Value value, String path) {
    return switch (value.getKindCase()) {
      case NULL_VALUE -> null;
      case KIND_NOT_SET -> throw refused(path, value, "a value");
      case NUMBER_VALUE, STRING_VALUE, BOOL_VALUE, STRUCT_VALUE, LIST_VALUE ->
          present(type, value, path);
    };
  }

  private static String present(ColumnType type, Value value, String path) {
    return switch (type.kind()) {
      case BOOLEAN -> {
        if (!value.hasBoolValue()) {
          throw refused(path, value, "true or false");
        }
        yield Boolean.toString(value.getBoolValue());
      }
      case INT2 -> integer(value, Short.MIN_VALUE, Short.MAX_VALUE, path);
      case INT4 -> integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE, path);
      case INT8 -> integer(value, Long.MIN_VALUE, Long.MAX_VALUE, path);
      case FLOAT4 -> float4(value, path);
      case FLOAT8 -> float8(value, path);
      case NUMERIC -> numeric(value, path);
      case JSON, JSONB -> JsonText.write(value, path);
      case ARRAY -> {
        if (!value.hasListValue()) {
          throw refused(path, value, "a list");
        }
        yield ArrayText.write(value.getListValue(), type.element().orElseThrow(), path);
      }
      case TEXT, CHAR, UUID, DATE, TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ, BYTEA, ENUM, OTHER -> {
        if (!value.hasStringValue()) {
          throw refused(path, value, "a string, for a column of type " + type.name());
        }
        yield toJdbc(type, value.getStringValue(), path);
      }
    };
  }

  static String toJdbc(ColumnType type, String text, String path) {
    return switch (type.kind()) {
      case BOOLEAN -> {
        if (!text.equals("true") && !text.equals("false")) {
          throw refused(path, text, "true or false");
        }
        yield text;
      }
      case INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC ->
          present(type, ValueReader.string(text), path);
      case TEXT, OTHER -> checkCharacters(text, path);
      case CHAR -> checkCharacters(text, path).stripTrailing();
      case UUID -> uuid(text, path);
      case DATE -> TemporalText.date(text, path);
      case TIME -> TemporalText.time(text, path);
      case TIMETZ -> TemporalText.timeTz(text, path);
      case TIMESTAMP -> TemporalText.timestamp(text, path);
      case TIMESTAMPTZ -> TemporalText.timestampTz(text, path);
      case BYTEA -> bytes(text, path);
      case ENUM -> {
        if (!type.labels().contains(text)) {
          throw refused(path, text, "one of " + String.join(", ", type.labels()));
        }
        yield text;
      }
      case JSON, JSONB, ARRAY ->
          throw PrismException.invalid(
              path, "a string (expected: a value of type " + type.name() + ")");
    };
  }

  private static String integer(Value value, long min, long max, String path) {
    String expected = "an integer from " + min + " to " + max;
    if (value.hasNumberValue()) {
      double number = value.getNumberValue();
      if (number != Math.rint(number) || Double.isInfinite(number)) {
        throw refused(path, value, expected);
      }
      if (Math.abs(number) > MAX_EXACT) {
        throw refused(path, value, expected + ", beyond 2^53 as a string");
      }
      return inRange((long) number, min, max, path, value, expected);
    }
    if (!value.hasStringValue()) {
      throw refused(path, value, expected);
    }
    try {
      return inRange(Long.parseLong(value.getStringValue()), min, max, path, value, expected);
    } catch (NumberFormatException e) {
      throw refused(path, value, expected);
    }
  }

  private static String inRange(
      long number, long min, long max, String path, Value value, String expected) {
    if (number < min || number > max) {
      throw refused(path, value, expected);
    }
    return Long.toString(number);
  }

  private static String float4(Value value, String path) {
    double number = floating(value, path);
    if (Double.isFinite(number)
        && (Float.isInfinite((float) number) || (number != 0 && (float) number == 0))) {
      throw refused(path, value, "a number within the range of float4");
    }
    return Double.toString(number);
  }

  private static String float8(Value value, String path) {
    return Double.toString(floating(value, path));
  }

  private static double floating(Value value, String path) {
    if (value.hasNumberValue()) {
      return value.getNumberValue();
    }
    String text = value.getStringValue();
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        double number = decimal(text, value, path).doubleValue();
        if (Double.isInfinite(number)) {
          throw refused(path, value, "a number within the range of float8");
        }
        yield number;
      }
    };
  }

  private static String numeric(Value value, String path) {
    if (value.hasNumberValue()) {
      double number = value.getNumberValue();
      if (!Double.isFinite(number)) {
        return Double.toString(number);
      }
      BigDecimal decimal = BigDecimal.valueOf(number).stripTrailingZeros();
      boolean exactInteger = number == Math.rint(number) && Math.abs(number) <= MAX_EXACT;
      if (!exactInteger && decimal.precision() > EXACT_DIGITS) {
        throw refused(path, value, "a string, or a number of at most " + EXACT_DIGITS + " digits");
      }
      return decimal.toString();
    }
    String text = value.getStringValue();
    if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
      return text;
    }
    BigDecimal decimal = decimal(text, value, path);
    if ((long) decimal.precision() - decimal.scale() > MAX_NUMERIC_INTEGER_DIGITS
        || decimal.scale() > MAX_NUMERIC_SCALE) {
      throw refused(
          path,
          value,
          "at most "
              + MAX_NUMERIC_INTEGER_DIGITS
              + " digits before the decimal point and "
              + MAX_NUMERIC_SCALE
              + " after it");
    }
    return decimal.toString();
  }

  private static BigDecimal decimal(String text, Value value, String path) {
    try {
      if (text.isEmpty() || text.length() > MAX_NUMERIC_INTEGER_DIGITS + 2 * MAX_NUMERIC_SCALE) {
        throw refused(path, value, "a number");
      }
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw refused(path, value, "a number");
    }
  }

  private static String uuid(String text, String path) {
    try {
      if (text.length() == UUID_LENGTH) {
        return UUID.fromString(text).toString();
      }
    } catch (IllegalArgumentException e) {
      throw refused(path, text, "a UUID");
    }
    throw refused(path, text, "a UUID");
  }

  private static String bytes(String text, String path) {
    try {
      return "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw refused(path, text, "base64");
    }
  }

  /** PostgreSQL's text has every character but one. */
  static String checkCharacters(String text, String path) {
    if (text.indexOf('\0') >= 0) {
      throw PrismException.invalid(path, "has a NUL character (expected: none)");
    }
    return text;
  }

  static PrismException refused(String path, Value value, String expected) {
    return PrismException.invalid(path, found(value) + " (expected: " + expected + ")");
  }

  static PrismException refused(String path, String text, String expected) {
    return refused(path, ValueReader.string(text), expected);
  }

  /** A value as a message quotes it. */
  static String found(Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE -> "null";
      case NUMBER_VALUE -> Double.toString(value.getNumberValue());
      case STRING_VALUE -> "'" + shortened(value.getStringValue()) + "'";
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case STRUCT_VALUE -> "a struct";
      case LIST_VALUE -> "a list";
      case KIND_NOT_SET -> "no value";
    };
  }

  private static String shortened(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
