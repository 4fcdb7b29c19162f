package io.prism.cli;

import io.prism.reader.v1.CompositeFilter;
import io.prism.reader.v1.CompositeFilter.LogicalOperator;
import io.prism.reader.v1.FieldFilter;
import io.prism.reader.v1.FieldFilter.Operator;
import io.prism.reader.v1.Filter;
import io.prism.reader.v1.Sort;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Conditions on fields, as {@code age>=18} or {@code name^=A}, and what rows are sorted by. */
final class Conditions {

  private static final Pattern CONDITION =
      Pattern.compile("([^=!<>*^$]+)(!=|>=|<=|\\*=|\\^=|\\$=|=|>|<)(.*)", Pattern.DOTALL);
  private static final Map<String, Operator> OPERATORS =
      Map.of(
          "=", Operator.OPERATOR_EQUALS,
          "!=", Operator.OPERATOR_NOT_EQUALS,
          ">", Operator.OPERATOR_GREATER_THAN,
          ">=", Operator.OPERATOR_GREATER_THAN_OR_EQUALS,
          "<", Operator.OPERATOR_LESS_THAN,
          "<=", Operator.OPERATOR_LESS_THAN_OR_EQUALS,
          "*=", Operator.OPERATOR_CONTAINS,
          "^=", Operator.OPERATOR_STARTS_WITH,
          "$=", Operator.OPERATOR_ENDS_WITH);

  private Conditions() {}

  /** All of them have to hold; none is no filter. */
  static Optional<Filter> all(List<String> conditions) {
    List<Filter> filters = conditions.stream().map(Conditions::filter).toList();
    return switch (filters.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(filters.getFirst());
      default ->
          Optional.of(
              Filter.newBuilder()
                  .setComposite(
                      CompositeFilter.newBuilder()
                          .setOp(LogicalOperator.LOGICAL_OPERATOR_AND)
                          .addAllFilters(filters))
                  .build());
    };
  }

  private static Filter filter(String condition) {
    Matcher matcher = CONDITION.matcher(condition);
    if (!matcher.matches()) {
      throw new UsageException(
          "--where '"
              + condition
              + "': expected a field, one of = != > >= < <= *= (contains) ^= (begins with) $= (ends with), and a value");
    }
    return Filter.newBuilder()
        .setField(
            FieldFilter.newBuilder()
                .setField(matcher.group(1).strip())
                .setOp(OPERATORS.get(matcher.group(2)))
                .setValue(Input.value(matcher.group(3).strip())))
        .build();
  }

  /** {@code name}, or {@code name:desc}. */
  static Sort sort(String text) {
    int colon = text.indexOf(':');
    String direction = colon < 0 ? "asc" : text.substring(colon + 1).toLowerCase(Locale.ROOT);
    if (!direction.equals("asc") && !direction.equals("desc")) {
      throw new UsageException(
          "--sort '" + text + "': expected a field, with :asc or :desc or neither");
    }
    return Sort.newBuilder()
        .setField(colon < 0 ? text : text.substring(0, colon))
        .setDirection(
            direction.equals("asc") ? Sort.Direction.DIRECTION_ASC : Sort.Direction.DIRECTION_DESC)
        .build();
  }
}
