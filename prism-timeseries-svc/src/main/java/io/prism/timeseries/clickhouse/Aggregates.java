package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.AggregateCell;
import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.Sums;
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
    Sums sums = new Sums(row.int64(), row.float64(), row.float64(), row.float64());
    List<Double> values = new ArrayList<>(query.functions().size());
    for (AggregateFunction function : query.functions()) {
      values.add(sums.value(function, function.isQuantile() ? row.int32() : 0));
    }
    return new AggregateCell(slot, group, metric, values);
  }
}
