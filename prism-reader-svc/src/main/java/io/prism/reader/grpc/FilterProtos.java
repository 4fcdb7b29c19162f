package io.prism.reader.grpc;

import com.google.protobuf.Value;
import io.prism.reader.domain.Filter;
import io.prism.reader.domain.Operator;
import io.prism.reader.domain.ReaderLimits;
import io.prism.reader.v1.CompositeFilter;
import io.prism.reader.v1.CompositeFilter.LogicalOperator;
import io.prism.reader.v1.FieldFilter;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.ArrayList;
import java.util.List;

/** Reads one filter of a request. */
final class FilterProtos {

  private final ReaderLimits limits;
  private int conditions;

  private FilterProtos(ReaderLimits limits) {
    this.limits = limits;
  }

  /**
   * The filter of a request.
   *
   * @throws PrismException INVALID_ARGUMENT when it is none; LIMIT_EXCEEDED when it is too large
   */
  static Filter<Value> filter(io.prism.reader.v1.Filter filter, ReaderLimits limits) {
    return new FilterProtos(limits).filter(filter, "filter", 1);
  }

  private Filter<Value> filter(io.prism.reader.v1.Filter filter, String path, int depth) {
    if (depth > limits.maxDepth()) {
      throw tooDeep();
    }
    return switch (filter.getFilterCase()) {
      case FIELD -> test(filter.getField(), path + ".field");
      case COMPOSITE -> composite(filter.getComposite(), path + ".composite", depth);
      case FILTER_NOT_SET ->
          throw PrismException.invalid(path, "empty (expected: field or composite)");
    };
  }

  private Filter<Value> test(FieldFilter filter, String path) {
    conditions++;
    ReaderLimits.check("filter", "conditions", conditions, limits.maxConditions());
    Operator operator = operator(filter, path + ".op");
    if (operator == Operator.IN || operator == Operator.NOT_IN) {
      if (!filter.getValue().hasListValue()) {
        throw PrismException.invalid(path + ".value", "no list (expected: a list of values)");
      }
      int listed = filter.getValue().getListValue().getValuesCount();
      ReaderLimits.check(path + ".value", "values", listed, limits.maxListed());
    }
    if (!filter.hasValue()) {
      throw PrismException.invalid(path + ".value", "not set (expected: a value, or a null value)");
    }
    return new Filter.Test<>(path, filter.getField(), operator, filter.getValue());
  }

  private static Operator operator(FieldFilter filter, String path) {
    return switch (filter.getOp()) {
      case OPERATOR_EQUALS -> Operator.EQUALS;
      case OPERATOR_NOT_EQUALS -> Operator.NOT_EQUALS;
      case OPERATOR_GREATER_THAN -> Operator.GREATER_THAN;
      case OPERATOR_GREATER_THAN_OR_EQUALS -> Operator.GREATER_THAN_OR_EQUALS;
      case OPERATOR_LESS_THAN -> Operator.LESS_THAN;
      case OPERATOR_LESS_THAN_OR_EQUALS -> Operator.LESS_THAN_OR_EQUALS;
      case OPERATOR_IN -> Operator.IN;
      case OPERATOR_NOT_IN -> Operator.NOT_IN;
      case OPERATOR_CONTAINS -> Operator.CONTAINS;
      case OPERATOR_STARTS_WITH -> Operator.STARTS_WITH;
      case OPERATOR_ENDS_WITH -> Operator.ENDS_WITH;
      case OPERATOR_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid(path, filter.getOpValue() + " (expected: an operator)");
    };
  }

  private Filter<Value> composite(CompositeFilter composite, String path, int depth) {
    List<Filter<Value>> filters = new ArrayList<>(composite.getFiltersCount());
    for (int i = 0; i < composite.getFiltersCount(); i++) {
      filters.add(filter(composite.getFilters(i), path + ".filters[" + i + "]", depth + 1));
    }
    boolean not = composite.getOp() == LogicalOperator.LOGICAL_OPERATOR_NOT;
    if (filters.isEmpty() || (not && filters.size() > 1)) {
      throw PrismException.invalid(
          path + ".filters",
          filters.size() + " filters (expected: " + (not ? "exactly one" : "one or more") + ")");
    }
    return switch (composite.getOp()) {
      case LOGICAL_OPERATOR_AND -> new Filter.All<>(filters);
      case LOGICAL_OPERATOR_OR -> new Filter.Any<>(filters);
      case LOGICAL_OPERATOR_NOT -> new Filter.Not<>(filters.getFirst());
      case LOGICAL_OPERATOR_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid(
              path + ".op", composite.getOpValue() + " (expected: a logical operator)");
    };
  }

  private PrismException tooDeep() {
    String what = "deeper than " + limits.maxDepth() + " levels (expected: fewer)";
    return PrismException.because(CallReason.LIMIT_EXCEEDED, "filter: " + what)
        .violation("filter", what)
        .with("limit", Integer.toString(limits.maxDepth()))
        .build();
  }
}
