package io.prism.timeseries.testing;

import io.prism.timeseries.v1.AggregateFunction;
import io.prism.timeseries.v1.AggregateRequest;
import io.prism.timeseries.v1.AggregateRow;
import io.prism.timeseries.v1.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Computes aggregates from events, one by one and exactly. */
public final class Recomputation {

  /** Which values are taken together. */
  private record Cell(long bucket, List<String> group, String metric) implements Comparable<Cell> {

    private static final Comparator<List<String>> BY_TEXT =
        (a, b) -> {
          for (int i = 0; i < a.size(); i++) {
            int order = a.get(i).compareTo(b.get(i));
            if (order != 0) {
              return order;
            }
          }
          return 0;
        };

    @Override
    public int compareTo(Cell other) {
      return Comparator.comparingLong(Cell::bucket)
          .thenComparing(Cell::group, BY_TEXT)
          .thenComparing(Cell::metric)
          .compare(this, other);
    }
  }

  private final AggregateRequest query;
  private final Map<Cell, List<Double>> values = new TreeMap<>();

  private Recomputation(AggregateRequest query) {
    this.query = query;
  }

  /**
   * The rows of an answer, with exact quantiles.
   *
   * @param events each once
   */
  public static List<AggregateRow> rows(AggregateRequest query, Collection<Event> events) {
    Recomputation recomputation = new Recomputation(query);
    events.forEach(recomputation::add);
    return recomputation.rows();
  }

  private void add(Event event) {
    if (event.getTimestamp() < query.getStartTime()
        || event.getTimestamp() >= query.getEndTime()
        || (query.getEventTypesCount() > 0
            && !query.getEventTypesList().contains(event.getEventType()))) {
      return;
    }
    for (Map.Entry<String, String> filter : query.getFiltersMap().entrySet()) {
      String value = value(event, filter.getKey(), "\u0001none");
      if (!value.equals(filter.getValue())) {
        return;
      }
    }
    List<String> group =
        query.getGroupByList().stream().map(name -> value(event, name, "")).toList();
    if (countsEvents()) {
      add(new Cell(bucket(event), group, ""), 1.0);
    } else {
      event
          .getMetricsMap()
          .forEach(
              (metric, value) -> {
                if (query.getMetricNamesCount() == 0
                    || query.getMetricNamesList().contains(metric)) {
                  add(new Cell(bucket(event), group, metric), value);
                }
              });
    }
  }

  private void add(Cell cell, double value) {
    values.computeIfAbsent(cell, found -> new ArrayList<>()).add(value);
  }

  private boolean countsEvents() {
    return query.getMetricNamesCount() == 0
        && query.getFunctionsList().equals(List.of(AggregateFunction.AGGREGATE_FUNCTION_COUNT));
  }

  private static String value(Event event, String name, String absent) {
    return switch (name) {
      case "event_type" -> event.getEventType();
      case "source" -> event.getSource();
      default -> event.getDimensionsOrDefault(name, absent);
    };
  }

  private long bucket(Event event) {
    if (!query.hasBucketSize()) {
      return query.getStartTime();
    }
    long width =
        query.getBucketSize().getSeconds() * 1_000_000_000L + query.getBucketSize().getNanos();
    return event.getTimestamp() - event.getTimestamp() % width;
  }

  private List<AggregateRow> rows() {
    List<AggregateRow> rows = new ArrayList<>();
    values.forEach(
        (cell, list) -> {
          list.sort(null);
          for (AggregateFunction function : query.getFunctionsList()) {
            AggregateRow.Builder row =
                AggregateRow.newBuilder()
                    .setBucketStart(cell.bucket())
                    .setMetric(cell.metric())
                    .setFunction(function)
                    .setValue(compute(function, list));
            for (int i = 0; i < query.getGroupByCount(); i++) {
              row.putGroup(query.getGroupBy(i), cell.group().get(i));
            }
            rows.add(row.build());
          }
        });
    return rows;
  }

  private static double compute(AggregateFunction function, List<Double> sorted) {
    double sum = sorted.stream().mapToDouble(Double::doubleValue).sum();
    return switch (function) {
      case AGGREGATE_FUNCTION_COUNT -> sorted.size();
      case AGGREGATE_FUNCTION_SUM -> sum;
      case AGGREGATE_FUNCTION_AVG -> sum / sorted.size();
      case AGGREGATE_FUNCTION_MIN -> sorted.getFirst();
      case AGGREGATE_FUNCTION_MAX -> sorted.getLast();
      case AGGREGATE_FUNCTION_P50 -> quantile(50, sorted);
      case AGGREGATE_FUNCTION_P95 -> quantile(95, sorted);
      case AGGREGATE_FUNCTION_P99 -> quantile(99, sorted);
      case AGGREGATE_FUNCTION_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException(function.toString());
    };
  }

  private static double quantile(int percent, List<Double> sorted) {
    return sorted.get((percent * sorted.size() + 99) / 100 - 1);
  }
}
