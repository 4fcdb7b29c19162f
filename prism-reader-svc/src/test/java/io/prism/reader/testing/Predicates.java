package io.prism.reader.testing;

import com.google.protobuf.Value;
import io.prism.reader.v1.FieldFilter.Operator;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The operators over values as clients see them, written down independently of any SQL: the oracle
 * that the service is compared with.
 *
 * @param labels of the enum, in their order
 */
public record Predicates(ValueKind type, List<String> labels) {

  /** Kinds of values that compare alike. */
  public enum ValueKind {
    BOOLEAN,
    NUMBER,
    /** Numbers that travel as strings. */
    DECIMAL,
    TEXT,
    /** Compared like text, but without its parts. */
    WORD,
    TIME,
    BYTES,
    ENUM,
    JSON,
    ARRAY_OF_NUMBERS,
    ARRAY_OF_TEXT;

    boolean isArray() {
      return this == ARRAY_OF_NUMBERS || this == ARRAY_OF_TEXT;
    }
  }

  /** Whether the operator suits the type, and the operand the operator. */
  public boolean allows(Operator operator, Value operand) {
    return switch (operator) {
      case OPERATOR_EQUALS, OPERATOR_NOT_EQUALS -> operand.hasNullValue() || isValue(operand);
      case OPERATOR_GREATER_THAN,
          OPERATOR_GREATER_THAN_OR_EQUALS,
          OPERATOR_LESS_THAN,
          OPERATOR_LESS_THAN_OR_EQUALS ->
          type != ValueKind.JSON && isValue(operand);
      case OPERATOR_IN, OPERATOR_NOT_IN ->
          operand.getListValue().getValuesList().stream()
              .allMatch(value -> value.hasNullValue() || isValue(value));
      case OPERATOR_CONTAINS ->
          !operand.hasNullValue()
              && switch (type) {
                case TEXT -> operand.hasStringValue();
                case JSON -> true;
                case ARRAY_OF_NUMBERS -> operand.hasNumberValue();
                case ARRAY_OF_TEXT -> operand.hasStringValue();
                case BOOLEAN, NUMBER, DECIMAL, WORD, TIME, BYTES, ENUM -> false;
              };
      case OPERATOR_STARTS_WITH, OPERATOR_ENDS_WITH ->
          type == ValueKind.TEXT && !operand.hasNullValue();
      case OPERATOR_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private boolean isValue(Value value) {
    return !value.hasNullValue()
        && type.isArray() == (type != ValueKind.JSON && value.hasListValue());
  }

  /** Whether a condition holds for what a field has. */
  public boolean holds(Operator operator, Value found, Value operand) {
    return switch (operator) {
      case OPERATOR_EQUALS -> isEqual(found, operand);
      case OPERATOR_NOT_EQUALS -> !isEqual(found, operand);
      case OPERATOR_GREATER_THAN -> !found.hasNullValue() && compare(found, operand) > 0;
      case OPERATOR_GREATER_THAN_OR_EQUALS -> !found.hasNullValue() && compare(found, operand) >= 0;
      case OPERATOR_LESS_THAN -> !found.hasNullValue() && compare(found, operand) < 0;
      case OPERATOR_LESS_THAN_OR_EQUALS -> !found.hasNullValue() && compare(found, operand) <= 0;
      case OPERATOR_IN -> isListed(found, operand);
      case OPERATOR_NOT_IN -> !isListed(found, operand);
      case OPERATOR_CONTAINS -> !found.hasNullValue() && contains(found, operand);
      case OPERATOR_STARTS_WITH ->
          found.getStringValue().startsWith(operand.getStringValue()) && !found.hasNullValue();
      case OPERATOR_ENDS_WITH ->
          found.getStringValue().endsWith(operand.getStringValue()) && !found.hasNullValue();
      case OPERATOR_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException();
    };
  }

  private boolean isListed(Value found, Value operand) {
    return operand.getListValue().getValuesList().stream().anyMatch(one -> isEqual(found, one));
  }

  private boolean isEqual(Value found, Value operand) {
    if (found.hasNullValue() || operand.hasNullValue()) {
      return found.hasNullValue() && operand.hasNullValue();
    }
    return type == ValueKind.JSON ? found.equals(operand) : compare(found, operand) == 0;
  }

  private boolean contains(Value found, Value operand) {
    return switch (type) {
      case TEXT -> found.getStringValue().contains(operand.getStringValue());
      case JSON -> jsonContains(found, operand, true);
      case ARRAY_OF_NUMBERS, ARRAY_OF_TEXT ->
          found.getListValue().getValuesList().contains(operand);
      case BOOLEAN, NUMBER, DECIMAL, WORD, TIME, BYTES, ENUM ->
          throw new IllegalArgumentException();
    };
  }

  private static boolean jsonContains(Value outer, Value inner, boolean top) {
    if (outer.hasStructValue() && inner.hasStructValue()) {
      var fields = outer.getStructValue().getFieldsMap();
      return inner.getStructValue().getFieldsMap().entrySet().stream()
          .allMatch(
              field ->
                  fields.containsKey(field.getKey())
                      && jsonContains(fields.get(field.getKey()), field.getValue(), false));
    }
    List<Value> elements = outer.getListValue().getValuesList();
    if (outer.hasListValue() && inner.hasListValue()) {
      return inner.getListValue().getValuesList().stream()
          .allMatch(one -> elements.stream().anyMatch(e -> jsonContains(e, one, false)));
    }
    // "A list contains a plain value" holds for the whole document only.
    if (top && outer.hasListValue() && !inner.hasStructValue()) {
      return elements.contains(inner);
    }
    return outer.equals(inner);
  }

  private int compare(Value found, Value operand) {
    return switch (type) {
      case BOOLEAN -> Boolean.compare(found.getBoolValue(), operand.getBoolValue());
      case NUMBER -> numbers(number(found), number(operand));
      case DECIMAL -> decimals(found, operand);
      case TEXT, WORD ->
          Arrays.compareUnsigned(
              found.getStringValue().getBytes(StandardCharsets.UTF_8),
              operand.getStringValue().getBytes(StandardCharsets.UTF_8));
      case TIME -> time(found).compareTo(time(operand));
      case BYTES -> Arrays.compareUnsigned(bytes(found), bytes(operand));
      case ENUM ->
          Integer.compare(
              labels.indexOf(found.getStringValue()), labels.indexOf(operand.getStringValue()));
      case ARRAY_OF_NUMBERS -> arrays(new Predicates(ValueKind.NUMBER, labels), found, operand);
      case ARRAY_OF_TEXT -> arrays(new Predicates(ValueKind.TEXT, labels), found, operand);
      case JSON -> throw new IllegalArgumentException();
    };
  }

  private static double number(Value value) {
    return value.hasNumberValue()
        ? value.getNumberValue()
        : Double.parseDouble(value.getStringValue());
  }

  /** NaN is equal to itself and above all; there is one zero. */
  private static int numbers(double a, double b) {
    return a == b ? 0 : Double.compare(a, b);
  }

  private static int decimals(Value a, Value b) {
    double roughA = number(a);
    double roughB = number(b);
    if (!Double.isFinite(roughA) || !Double.isFinite(roughB)) {
      return numbers(roughA, roughB);
    }
    return decimal(a).compareTo(decimal(b));
  }

  private static BigDecimal decimal(Value value) {
    return value.hasNumberValue()
        ? BigDecimal.valueOf(value.getNumberValue())
        : new BigDecimal(value.getStringValue());
  }

  private static LocalDateTime time(Value value) {
    String text = value.getStringValue();
    if (text.endsWith("infinity")) {
      return text.startsWith("-") ? LocalDateTime.MIN : LocalDateTime.MAX;
    }
    if (!text.contains("T")) {
      return LocalDate.parse(text).atStartOfDay();
    }
    boolean local = !text.endsWith("Z") && text.lastIndexOf('+') < text.indexOf('T');
    return local
        ? LocalDateTime.parse(text)
        : OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
  }

  private static byte[] bytes(Value value) {
    return Base64.getDecoder().decode(value.getStringValue());
  }

  /** Element by element, null above all and equal to itself; then the longer is greater. */
  private static int arrays(Predicates elements, Value a, Value b) {
    List<Value> as = a.getListValue().getValuesList();
    List<Value> bs = b.getListValue().getValuesList();
    for (int i = 0; i < Math.min(as.size(), bs.size()); i++) {
      Value left = as.get(i);
      Value right = bs.get(i);
      int order =
          left.hasNullValue() || right.hasNullValue()
              ? Boolean.compare(left.hasNullValue(), right.hasNullValue())
              : elements.compare(left, right);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(as.size(), bs.size());
  }
}
