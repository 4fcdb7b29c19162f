package io.prism.timeseries.clickhouse;

import io.prism.timeseries.clickhouse.EventConditions.Rows;
import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statement that computes an aggregate: states of the parts of its plan, that are put together
 * as those of a rollup are.
 */
final class AggregateSql {

  private final Sql sql = new Sql();
  private final AggregatePlan plan;
  private final AggregateQuery query;
  private final int today;
  private final String keys;

  private AggregateSql(AggregatePlan plan, int today) {
    this.plan = plan;
    this.query = plan.query();
    this.today = today;
    this.keys =
        IntStream.range(0, query.groupBy().size())
            .mapToObj(i -> "g" + i)
            .collect(Collectors.joining(", ", "slot, ", query.groupBy().isEmpty() ? "" : ", "))
            .concat("metric");
  }

  /** Rows of a slot, the values of groups, a metric, a state, and a bucket for each quantile. */
  static Sql of(AggregatePlan plan, int today) {
    return new AggregateSql(plan, today).build();
  }

  private Sql build() {
    sql.add("SELECT " + keys + ", n, total, lowest, highest");
    for (AggregateFunction function : query.functions()) {
      if (function.isQuantile()) {
        sql.add(", " + quantile(function));
      }
    }
    sql.add(" FROM (SELECT " + keys + ", " + State.MERGED + " FROM (");
    List<Runnable> parts = new ArrayList<>();
    plan.rollups()
        .forEach((resolution, ranges) -> parts.add(() -> fromRollups(resolution, ranges)));
    if (!plan.raw().isEmpty()) {
      parts.add(this::fromEvents);
    }
    String separator = "";
    for (Runnable part : parts) {
      sql.add(separator);
      part.run();
      separator = " UNION ALL ";
    }
    sql.add(") GROUP BY " + keys + ") ORDER BY " + keys);
    return sql.add(" LIMIT " + query.cells());
  }

  /** The number of the sketch's bucket in which the value is that many values are not above. */
  private static String quantile(AggregateFunction function) {
    return "sketch.1[arrayFirstIndex(c -> c >= intDiv(n * %d + 99, 100), arrayCumSum(sketch.2))]"
        .formatted(function.percent());
  }

  private void fromRollups(Resolution resolution, List<TimeRange> ranges) {
    sql.add("SELECT " + slot("bucket") + " AS slot, ");
    groups(Rows.OF_ROLLUPS);
    sql.add("metric, n, total, lowest, highest, sketch_buckets, sketch_counts");
    sql.add(" FROM rollups FINAL WHERE ");
    EventConditions.namespace(sql, query.namespace(), today);
    sql.add(" AND resolution = " + resolution.seconds() + " AND " + Sql.bucketIn(ranges));
    sql.add(" AND n > 0");
    EventConditions.types(sql, query.types());
    EventConditions.filters(sql, Rows.OF_ROLLUPS, query.filters());
    if (query.countsEvents()) {
      sql.add(" AND metric = ''");
    } else if (query.metrics().isEmpty()) {
      sql.add(" AND metric != ''");
    } else {
      EventConditions.in(sql, "metric", query.metrics());
    }
  }

  private void fromEvents() {
    boolean counts = query.countsEvents();
    sql.add("SELECT " + keys + ", " + State.OF_BUCKETS + " FROM (");
    sql.add("SELECT " + slot("toUnixTimestamp64Nano(timestamp)") + " AS slot, ");
    groups(Rows.OF_EVENTS);
    sql.add((counts ? "'' AS metric" : "metric") + ", ");
    sql.add(State.ofValues(counts ? "0." : "value", query.hasQuantiles() && !counts));
    sql.add(" FROM events FINAL");
    if (!counts) {
      sql.add(" ARRAY JOIN mapKeys(metrics) AS metric, mapValues(metrics) AS value");
    }
    sql.add(" WHERE ");
    EventConditions.namespace(sql, query.namespace(), today);
    sql.add(" AND " + Sql.timeIn(plan.raw()));
    EventConditions.types(sql, query.types());
    EventConditions.filters(sql, Rows.OF_EVENTS, query.filters());
    if (!counts) {
      EventConditions.in(sql, "metric", query.metrics());
    }
    sql.add(" GROUP BY " + keys + ", sketch_bucket) GROUP BY " + keys);
  }

  private void groups(Rows rows) {
    for (int i = 0; i < query.groupBy().size(); i++) {
      sql.add(EventConditions.group(sql, rows, query.groupBy().get(i)) + " AS g" + i + ", ");
    }
  }

  private String slot(String nanos) {
    long width = query.bucketNanos();
    return width == 0
        ? "toInt64(" + query.range().start() + ")"
        : "intDiv(" + nanos + ", " + width + ") * " + width;
  }
}
