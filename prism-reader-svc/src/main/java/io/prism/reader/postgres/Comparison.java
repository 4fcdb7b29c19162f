package io.prism.reader.postgres;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import io.prism.reader.domain.Filter;
import io.prism.reader.domain.Operator;
import io.prism.relational.ColumnType;
import io.prism.starter.error.PrismException;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of one field with one value that is not null.
 *
 * @param parameters makes parameters of a type and a text
 */
record Comparison(
    ColumnType type, Field<Object> field, Filter.Test<Value> test, Parameters parameters) {

  /** Takes the value of a parameter, and is the parameter. */
  interface Parameters {
    Field<Object> add(ColumnType type, @Nullable String text);
  }

  /** A column as values of its type are compared. */
  static Field<Object> compared(ColumnType type, Field<Object> field) {
    ColumnType compared = type.compared();
    return compared.equals(type) ? field : compared.cast(field);
  }

  Condition condition(Operator operator) {
    if (test.value().hasNullValue()) {
      throw PrismException.invalid(
          path(), "null (expected: a value, for null is only equal or not equal)");
    }
    return switch (operator) {
      case EQUALS -> compared(type, field).eq(value());
      case GREATER_THAN -> ordered().gt(value());
      case GREATER_THAN_OR_EQUALS -> ordered().ge(value());
      case LESS_THAN -> ordered().lt(value());
      case LESS_THAN_OR_EQUALS -> ordered().le(value());
      case CONTAINS -> contains();
      case STARTS_WITH -> like("", "%");
      case ENDS_WITH -> like("%", "");
      case NOT_EQUALS, IN, NOT_IN -> throw new IllegalStateException(operator.name());
    };
  }

  private String path() {
    return test.path() + ".value";
  }

  private Field<Object> value() {
    return parameters.add(type.compared(), type.toJdbc(test.value(), path()));
  }

  private Field<Object> ordered() {
    if (!type.isOrdered() || isJson()) {
      throw unsuited("a type with an order");
    }
    return field;
  }

  private boolean isJson() {
    return type.kind() == ColumnType.Kind.JSON || type.kind() == ColumnType.Kind.JSONB;
  }

  private boolean isText() {
    return type.kind() == ColumnType.Kind.TEXT || type.kind() == ColumnType.Kind.CHAR;
  }

  private PrismException unsuited(String expected) {
    return PrismException.invalid(
        test.path() + ".op",
        test.operator()
            + " on '"
            + test.field()
            + "', which is of type "
            + type.name()
            + " (expected: "
            + expected
            + ")");
  }

  private Condition contains() {
    if (isText()) {
      return like("%", "%");
    }
    if (isJson()) {
      return DSL.condition("{0} @> {1}", compared(type, field), value());
    }
    ColumnType element = type.element().orElse(null);
    if (element == null || !element.isOrdered()) {
      throw unsuited("text, an array, or jsonb");
    }
    // A list would become a dimension of the array.
    if (test.value().hasListValue()) {
      throw PrismException.invalid(path(), "a list (expected: one element)");
    }
    Value list =
        Value.newBuilder().setListValue(ListValue.newBuilder().addValues(test.value())).build();
    return DSL.condition("{0} @> {1}", field, parameters.add(type, type.toJdbc(list, path())));
  }

  /** With an escape for each character that a pattern gives a meaning to. */
  private Condition like(String before, String after) {
    if (!isText()) {
      throw unsuited("text");
    }
    String text = type.toJdbc(test.value(), path());
    StringBuilder pattern = new StringBuilder(before);
    for (int i = 0; text != null && i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' || c == '_' || c == '\\') {
        pattern.append('\\');
      }
      pattern.append(c);
    }
    return DSL.condition(
        "{0} like {1}",
        text(), parameters.add(ColumnType.text(), pattern.append(after).toString()));
  }

  /** As plain text, for types of text with rules of their own: padding, or no regard for case. */
  private Field<?> text() {
    boolean plain = type.name().equals("text") || type.name().equals("varchar");
    return plain ? field : ColumnType.text().cast(field);
  }
}
