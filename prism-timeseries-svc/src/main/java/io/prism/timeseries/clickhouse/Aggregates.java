package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.AggregateCell;
import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.QuantileSketch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the rows of {@link AggregateSql}. */
final class Aggregates {

  private Aggregates() {}

  static List<AggregateCell> read(AggregateQuery query, RowBinaryReader rows) throws IOException {
    List<AggregateCell> cells = new ArrayList<>();
    while (rows.hasNext()) {
      cells.add(cell(query, rows));
    }
    return cells;
  }

  private static AggregateCell cell(AggregateQuery query, RowBinaryReader row) throws IOException {
    long slot = row.int64();
    List<String> group = new ArrayList<>(query.groupBy().size());
    for (int i = 0; i < query.groupBy().size(); i++) {
      group.add(row.string());
    }
    String metric = row.string();
    long n = row.int64();
    double total = row.float64();
    double lowest = row.float64();
    double highest = row.float64();
    List<Double> values = new ArrayList<>(query.functions().size());
    for (AggregateFunction function : query.functions()) {
      values.add(
          switch (function) {
            case COUNT -> (double) n;
            case SUM -> total;
            case AVG -> total / n;
            case MIN -> lowest;
            case MAX -> highest;
            case P50, P95, P99 -> Math.clamp(QuantileSketch.value(row.int32()), lowest, highest);
          });
    }
    return new AggregateCell(slot, group, metric, values);
  }
}
