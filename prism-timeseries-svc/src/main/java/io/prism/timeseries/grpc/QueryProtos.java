package io.prism.timeseries.grpc;

import com.google.protobuf.util.Durations;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.timeseries.domain.AggregateCell;
import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.TimeRange;
import io.prism.timeseries.v1.AggregateOrigin;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateResponse;
import io.prism.timeseries.v1.AggregateRow;
import io.prism.timeseries.v1.QueryRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.TreeMap;

/** Between queries of the wire and those of the domain. */
final class QueryProtos {

  private static final int MAX_LISTED = 1000;
  private static final int MAX_DIMENSIONS = 32;
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 10_000;

  private QueryProtos() {}

  static EventQuery query(String namespace, QueryRequest request) {
    atMost("event_types", request.getEventTypesCount(), MAX_LISTED);
    atMost("sources", request.getSourcesCount(), MAX_LISTED);
    atMost("filters", request.getFiltersCount(), MAX_DIMENSIONS);
    return new EventQuery(
        namespace,
        TimeRange.of(request.getStartTime(), request.getEndTime()),
        List.copyOf(request.getEventTypesList()),
        List.copyOf(request.getSourcesList()),
        new TreeMap<>(request.getFiltersMap()),
        request.getDescending());
  }

  static AggregateQuery query(String namespace, AggregateRequest request) {
    atMost("event_types", request.getEventTypesCount(), MAX_LISTED);
    atMost("metric_names", request.getMetricNamesCount(), MAX_LISTED);
    atMost("filters", request.getFiltersCount(), MAX_DIMENSIONS);
    atMost("group_by", request.getGroupByCount(), MAX_DIMENSIONS);
    List<AggregateFunction> functions = functions(request);
    List<String> metrics = distinct("metric_names", request.getMetricNamesList());
    return new AggregateQuery(
        namespace,
        TimeRange.of(request.getStartTime(), request.getEndTime()),
        List.copyOf(request.getEventTypesList()),
        new TreeMap<>(request.getFiltersMap()),
        metrics,
        metrics.isEmpty() && functions.equals(List.of(AggregateFunction.COUNT)),
        functions,
        distinct("group_by", request.getGroupByList()),
        bucketNanos(request),
        limit(request.getLimit()));
  }

  /** Most events or rows of an answer. */
  static int limit(int asked) {
    notNegative(asked);
    return asked == 0 ? DEFAULT_LIMIT : Math.min(asked, MAX_LIMIT);
  }

  /** Most events of a stream; 0: all. */
  static long streamLimit(int asked) {
    notNegative(asked);
    return asked == 0 ? Long.MAX_VALUE : asked;
  }

  private static void notNegative(int limit) {
    if (limit < 0) {
      throw PrismException.invalid("limit", limit + " (expected: 0 or more)");
    }
  }

  private static List<AggregateFunction> functions(AggregateRequest request) {
    SequencedSet<AggregateFunction> functions = new LinkedHashSet<>();
    for (int i = 0; i < request.getFunctionsCount(); i++) {
      String field = "functions[%d]".formatted(i);
      if (!functions.add(function(field, request, i))) {
        throw PrismException.invalid(field, request.getFunctions(i) + " (expected: each once)");
      }
    }
    if (functions.isEmpty()) {
      throw PrismException.invalid("functions", "empty (expected: at least one)");
    }
    return List.copyOf(functions);
  }

  private static AggregateFunction function(String field, AggregateRequest request, int i) {
    return switch (request.getFunctions(i)) {
      case AGGREGATE_FUNCTION_COUNT -> AggregateFunction.COUNT;
      case AGGREGATE_FUNCTION_SUM -> AggregateFunction.SUM;
      case AGGREGATE_FUNCTION_AVG -> AggregateFunction.AVG;
      case AGGREGATE_FUNCTION_MIN -> AggregateFunction.MIN;
      case AGGREGATE_FUNCTION_MAX -> AggregateFunction.MAX;
      case AGGREGATE_FUNCTION_P50 -> AggregateFunction.P50;
      case AGGREGATE_FUNCTION_P95 -> AggregateFunction.P95;
      case AGGREGATE_FUNCTION_P99 -> AggregateFunction.P99;
      case AGGREGATE_FUNCTION_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid(
              field, request.getFunctionsValue(i) + " (expected: a function that there is)");
    };
  }

  private static io.prism.timeseries.v1.AggregateFunction function(AggregateFunction function) {
    return switch (function) {
      case COUNT -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_COUNT;
      case SUM -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_SUM;
      case AVG -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_AVG;
      case MIN -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_MIN;
      case MAX -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_MAX;
      case P50 -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_P50;
      case P95 -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_P95;
      case P99 -> io.prism.timeseries.v1.AggregateFunction.AGGREGATE_FUNCTION_P99;
    };
  }

  private static List<String> distinct(String field, List<String> names) {
    SequencedSet<String> distinct = new LinkedHashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isEmpty() || !distinct.add(name)) {
        throw PrismException.invalid(
            "%s[%d]".formatted(field, i),
            name.isEmpty() ? "empty (expected: a name)" : "\"" + name + "\" (expected: each once)");
      }
    }
    return List.copyOf(distinct);
  }

  private static long bucketNanos(AggregateRequest request) {
    if (!request.hasBucketSize()) {
      return 0;
    }
    String field = "bucket_size";
    if (!Durations.isValid(request.getBucketSize())
        || Durations.compare(request.getBucketSize(), Durations.ZERO) <= 0) {
      throw PrismException.invalid(field, "not positive (expected: a duration above 0)");
    }
    try {
      return Durations.toNanos(request.getBucketSize());
    } catch (ArithmeticException e) {
      throw PrismException.invalid(field, "too long (expected: at most 292 years)");
    }
  }

  private static void atMost(String field, int found, int limit) {
    if (found > limit) {
      String what = "%d entries (expected: at most %d)".formatted(found, limit);
      throw PrismException.because(CallReason.LIMIT_EXCEEDED, field + ": " + what)
          .violation(field, what)
          .with("limit", Integer.toString(limit))
          .build();
    }
  }

  static AggregateResponse response(AggregatePlan plan, List<AggregateCell> cells) {
    return AggregateResponse.newBuilder()
        .addAllRows(rows(plan.query(), cells))
        .setOrigin(
            plan.usesRollups()
                ? AggregateOrigin.AGGREGATE_ORIGIN_ROLLUP
                : AggregateOrigin.AGGREGATE_ORIGIN_RAW)
        .build();
  }

  private static List<AggregateRow> rows(AggregateQuery query, List<AggregateCell> cells) {
    List<AggregateRow> rows = new ArrayList<>();
    for (AggregateCell cell : cells) {
      AggregateRow.Builder row =
          AggregateRow.newBuilder().setBucketStart(cell.bucketStart()).setMetric(cell.metric());
      for (int i = 0; i < query.groupBy().size(); i++) {
        row.putGroup(query.groupBy().get(i), cell.group().get(i));
      }
      for (int i = 0; i < query.functions().size() && rows.size() < query.limit(); i++) {
        rows.add(
            row.setFunction(function(query.functions().get(i)))
                .setValue(cell.values().get(i))
                .build());
      }
    }
    return rows;
  }
}
