package io.prism.reader.postgres;

import com.google.protobuf.Value;
import io.prism.reader.domain.Filter;
import io.prism.reader.domain.Operator;
import io.prism.relational.Column;
import io.prism.relational.ColumnType;
import io.prism.relational.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Makes SQL of one filter. Negations are pushed down to the conditions on fields, where SQL's third
 * truth value arises: there, "not" becomes "is not true" for a column that may be null. Above them
 * "unknown" then does what "false" does, and indexes stay of use.
 */
final class FilterBinder {

  private final Table table;
  private final StringBuilder shape = new StringBuilder();
  private final List<@Nullable String> values = new ArrayList<>();

  FilterBinder(Table table) {
    this.table = table;
  }

  BoundFilter bind(Filter<Value> filter) {
    Condition condition = condition(filter, false);
    return new BoundFilter(condition, shape.toString(), Collections.unmodifiableList(values));
  }

  private Condition condition(Filter<Value> filter, boolean negated) {
    return switch (filter) {
      case Filter.Not<Value> not -> condition(not.filter(), !negated);
      case Filter.All<Value> all -> joined(all.filters(), negated, !negated);
      case Filter.Any<Value> any -> joined(any.filters(), negated, negated);
      case Filter.Test<Value> test -> test(test, negated);
    };
  }

  private Condition joined(List<Filter<Value>> filters, boolean negated, boolean and) {
    shape.append(and ? "&(" : "|(");
    List<Condition> conditions = new ArrayList<>(filters.size());
    for (Filter<Value> filter : filters) {
      conditions.add(condition(filter, negated));
    }
    shape.append(')');
    return and ? DSL.and(conditions) : DSL.or(conditions);
  }

  private Condition test(Filter.Test<Value> test, boolean negated) {
    Column column = Fields.required(table, test.field(), test.path() + ".field");
    boolean isNegated = negated ^ isNegation(test.operator());
    Operator operator = positive(test.operator());
    boolean ofNull = operator == Operator.EQUALS && test.value().hasNullValue();
    shape
        .append(isNegated ? '!' : '+')
        .append(ofNull ? "NULL" : operator.name())
        .append(column.name().length())
        .append(':')
        .append(column.name());
    Field<Object> field = Fields.of(column);
    if (ofNull) {
      return isNegated ? field.isNotNull() : field.isNull();
    }
    Comparison comparison = new Comparison(column.type(), field, test, this::parameter);
    Condition condition =
        operator == Operator.IN ? in(column.type(), field, test) : comparison.condition(operator);
    if (!isNegated) {
      return condition;
    }
    boolean mayBeUnknown = column.nullable() || operator == Operator.IN;
    return mayBeUnknown ? DSL.condition("({0}) is not true", condition) : DSL.not(condition);
  }

  private static boolean isNegation(Operator operator) {
    return operator == Operator.NOT_EQUALS || operator == Operator.NOT_IN;
  }

  private static Operator positive(Operator operator) {
    return switch (operator) {
      case NOT_EQUALS -> Operator.EQUALS;
      case NOT_IN -> Operator.IN;
      case EQUALS,
          GREATER_THAN,
          GREATER_THAN_OR_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUALS,
          IN,
          CONTAINS,
          STARTS_WITH,
          ENDS_WITH ->
          operator;
    };
  }

  /** A null in the list asks for null, as it does in a comparison. */
  private Condition in(ColumnType type, Field<Object> field, Filter.Test<Value> test) {
    List<Value> listed = test.value().getListValue().getValuesList();
    boolean hasNull = listed.stream().anyMatch(Value::hasNullValue);
    Condition condition =
        type.kind() == ColumnType.Kind.ARRAY
            ? inArrays(type, field, test)
            : Comparison.compared(type, field)
                .eq(DSL.any(parameter(type.compared().array(), test.value(), valuePath(test))));
    shape.append(hasNull ? "?" : "");
    return hasNull ? condition.or(field.isNull()) : condition;
  }

  /** One array after the other: of an array of arrays PostgreSQL sees only the elements. */
  private Condition inArrays(ColumnType type, Field<Object> field, Filter.Test<Value> test) {
    List<Value> listed = test.value().getListValue().getValuesList();
    shape.append('[').append(listed.size()).append(']');
    List<Condition> conditions = new ArrayList<>(listed.size());
    for (int i = 0; i < listed.size(); i++) {
      conditions.add(
          Comparison.compared(type, field)
              .eq(parameter(type.compared(), listed.get(i), valuePath(test) + "[" + i + "]")));
    }
    return conditions.isEmpty() ? DSL.falseCondition() : DSL.or(conditions);
  }

  private static String valuePath(Filter.Test<Value> test) {
    return test.path() + ".value";
  }

  private Field<Object> parameter(ColumnType type, Value value, String path) {
    return parameter(type, type.toJdbc(value, path));
  }

  private Field<Object> parameter(ColumnType type, @Nullable String text) {
    Sql.Slot slot = new Sql.Slot(Sql.Source.FILTER, values.size());
    values.add(text);
    return type.parameter(slot.param(String.class));
  }
}
