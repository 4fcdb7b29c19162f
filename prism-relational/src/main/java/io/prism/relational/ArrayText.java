package io.prism.relational;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import io.prism.starter.error.PrismException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's text form of arrays: {@code {1,NULL,"a \"quoted\" one"}}, nested for dimensions. */
final class ArrayText {

  private static final int MAX_DIMENSIONS = 6;

  /** Of any array without elements, whatever its dimensions. */
  private static final String EMPTY = "{}";

  private ArrayText() {}

  /** Reads an array. */
  static Value parse(String text, ColumnType element) {
    // Bounds other than from 1 come before the elements: [0:1]={1,2}. They do not travel.
    int begin = text.charAt(0) == '[' ? text.indexOf('=') + 1 : 0;
    return new Parser(text, begin, element).array();
  }

  private static final class Parser {

    private final String text;
    private final ColumnType element;
    private final char delimiter;
    private int at;

    Parser(String text, int begin, ColumnType element) {
      this.text = text;
      this.at = begin;
      this.element = element;
      // Boxes have commas of their own; no other type has another delimiter.
      this.delimiter = element.name().equals("box") ? ';' : ',';
    }

    Value array() {
      ListValue.Builder values = ListValue.newBuilder();
      at++;
      while (text.charAt(at) != '}') {
        values.addValues(next());
        if (text.charAt(at) == delimiter) {
          at++;
        }
      }
      at++;
      return ValueReader.list(values);
    }

    private Value next() {
      return switch (text.charAt(at)) {
        case '{' -> array();
        case '"' -> element.fromText(quoted());
        default -> plain();
      };
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      at++;
      for (char c = text.charAt(at); c != '"'; c = text.charAt(at)) {
        if (c == '\\') {
          at++;
        }
        value.append(text.charAt(at));
        at++;
      }
      at++;
      return value.toString();
    }

    private Value plain() {
      int begin = at;
      while (text.charAt(at) != delimiter && text.charAt(at) != '}') {
        at++;
      }
      String value = text.substring(begin, at);
      return value.equals("NULL") ? ValueReader.NULL : element.fromText(value);
    }
  }

  /**
   * Writes an array.
   *
   * @throws PrismException INVALID_ARGUMENT when lists within it differ in length or depth, or an
   *     element is none
   */
  static String write(ListValue values, ColumnType element, String path) {
    List<Integer> sizes = sizes(values, element, path);
    if (sizes.getLast() == 0) {
      return EMPTY;
    }
    StringBuilder text = new StringBuilder();
    append(text, values, element, sizes, 0, path);
    return text.toString();
  }

  /** The size of each dimension, by the first list of each. */
  private static List<Integer> sizes(ListValue values, ColumnType element, String path) {
    List<Integer> sizes = new ArrayList<>();
    sizes.add(values.getValuesCount());
    ListValue level = values;
    while (level.getValuesCount() > 0 && isDimension(level.getValues(0), element)) {
      level = level.getValues(0).getListValue();
      sizes.add(level.getValuesCount());
      if (sizes.size() > MAX_DIMENSIONS) {
        throw PrismException.invalid(
            path, "lists more than " + MAX_DIMENSIONS + " deep (expected: fewer dimensions)");
      }
    }
    return sizes;
  }

  /** Within json, a list is a value and no dimension. */
  private static boolean isDimension(Value value, ColumnType element) {
    return value.hasListValue()
        && element.kind() != ColumnType.Kind.JSON
        && element.kind() != ColumnType.Kind.JSONB;
  }

  private static void append(
      StringBuilder text,
      ListValue values,
      ColumnType element,
      List<Integer> sizes,
      int dimension,
      String path) {
    if (values.getValuesCount() != sizes.get(dimension)) {
      throw PrismException.invalid(
          path,
          values.getValuesCount()
              + " elements (expected: "
              + sizes.get(dimension)
              + ", as in the first list of this dimension)");
    }
    text.append('{');
    for (int i = 0; i < values.getValuesCount(); i++) {
      if (i > 0) {
        text.append(element.name().equals("box") ? ';' : ',');
      }
      String at = path + "[" + i + "]";
      Value value = values.getValues(i);
      if (dimension + 1 < sizes.size()) {
        if (!isDimension(value, element)) {
          throw PrismException.invalid(at, ValueWriter.found(value) + " (expected: a list)");
        }
        append(text, value.getListValue(), element, sizes, dimension + 1, at);
      } else {
        appendElement(text, element.toJdbc(value, at));
      }
    }
    text.append('}');
  }

  private static void appendElement(StringBuilder text, @Nullable String element) {
    if (element == null) {
      text.append("NULL");
      return;
    }
    text.append('"');
    for (int i = 0; i < element.length(); i++) {
      char c = element.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    text.append('"');
  }
}
