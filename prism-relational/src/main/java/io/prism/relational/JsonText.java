package io.prism.relational;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.prism.starter.error.PrismException;
import java.util.Locale;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON and {@link Value}. Its numbers are doubles on the wire, as in JavaScript; one that no double
 * comes near is a string.
 */
public final class JsonText {

  /** What PostgreSQL has accepted is read, whatever its size. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Doubles hold all integers up to here. */
  private static final double MAX_EXACT = 1L << 53;

  private JsonText() {}

  static Value parse(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      return value(parser);
    }
  }

  private static Value value(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case VALUE_NULL -> ValueReader.NULL;
      case VALUE_TRUE -> ValueReader.bool(true);
      case VALUE_FALSE -> ValueReader.bool(false);
      case VALUE_STRING -> ValueReader.string(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString());
      case START_ARRAY -> {
        ListValue.Builder values = ListValue.newBuilder();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          values.addValues(value(parser));
        }
        yield ValueReader.list(values);
      }
      case START_OBJECT -> {
        Struct.Builder fields = Struct.newBuilder();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          fields.putFields(name, value(parser));
        }
        yield Value.newBuilder().setStructValue(fields).build();
      }
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("not JSON: " + token);
    };
  }

  private static Value number(String text) {
    double value = Double.parseDouble(text);
    return Double.isFinite(value) ? ValueReader.number(value) : ValueReader.string(text);
  }

  /**
   * Writes JSON.
   *
   * @throws PrismException INVALID_ARGUMENT for what JSON cannot say
   */
  public static String write(Value value, String path) {
    StringBuilder text = new StringBuilder();
    append(text, value, path);
    return text.toString();
  }

  private static void append(StringBuilder text, Value value, String path) {
    switch (value.getKindCase()) {
      case NULL_VALUE -> text.append("null");
      case BOOL_VALUE -> text.append(value.getBoolValue());
      case NUMBER_VALUE -> text.append(number(value.getNumberValue(), path));
      case STRING_VALUE -> appendString(text, value.getStringValue(), path);
      case LIST_VALUE -> {
        text.append('[');
        ListValue values = value.getListValue();
        for (int i = 0; i < values.getValuesCount(); i++) {
          text.append(i > 0 ? "," : "");
          append(text, values.getValues(i), path + "[" + i + "]");
        }
        text.append(']');
      }
      case STRUCT_VALUE -> {
        text.append('{');
        String separator = "";
        // Equal structs have equal texts, whatever order their fields came in.
        for (var field : new TreeMap<>(value.getStructValue().getFieldsMap()).entrySet()) {
          text.append(separator);
          appendString(text, field.getKey(), path);
          text.append(':');
          append(text, field.getValue(), path + "." + field.getKey());
          separator = ",";
        }
        text.append('}');
      }
      case KIND_NOT_SET -> throw ValueWriter.refused(path, value, "a value");
    }
  }

  private static String number(double value, String path) {
    if (!Double.isFinite(value)) {
      throw PrismException.invalid(path, value + " (expected: a finite number, as JSON has)");
    }
    if (value == Math.rint(value) && Math.abs(value) <= MAX_EXACT) {
      return Long.toString((long) value);
    }
    return Double.toString(value);
  }

  private static void appendString(StringBuilder text, String value, String path) {
    ValueWriter.checkCharacters(value, path);
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
