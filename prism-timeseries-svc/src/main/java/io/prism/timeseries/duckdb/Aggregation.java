package io.prism.timeseries.duckdb;

import io.prism.timeseries.domain.AggregateCell;
import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.Sums;
import io.prism.timeseries.domain.TimeRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The statement for an aggregate: the parts of the plan as partial sums of the same shape, put
 * together, and the sketches beside them if there are quantiles to tell.
 */
final class Aggregation {

  private final AggregatePlan plan;
  private final AggregateQuery query;
  private final int today;
  private final List<String> groups = new ArrayList<>();
  private final String cell;

  private Aggregation(AggregatePlan plan, int today) {
    this.plan = plan;
    this.query = plan.query();
    this.today = today;
    StringBuilder columns = new StringBuilder("bucket");
    for (int i = 0; i < query.groupBy().size(); i++) {
      groups.add("g" + i);
      columns.append(", g").append(i);
    }
    this.cell = columns.append(", metric").toString();
  }

  static List<AggregateCell> compute(Link link, AggregatePlan plan, int today) throws SQLException {
    Aggregation aggregation = new Aggregation(plan, today);
    List<AggregateCell> cells = new ArrayList<>();
    try (PreparedStatement statement = aggregation.statement().prepare(link);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        cells.add(aggregation.cell(rows));
      }
    }
    return cells;
  }

  private Query statement() {
    Query statement = new Query().add("WITH sums AS (SELECT " + cell);
    statement.add(
        ", sum(n)::BIGINT AS n, fsum(total) AS total, min(lowest) AS lowest, max(highest) AS highest FROM (");
    addParts(statement, false);
    statement.add(") GROUP BY ALL ORDER BY " + cell + " LIMIT ?)", (long) query.cells());
    if (!query.hasQuantiles()) {
      return statement.add(" SELECT * FROM sums ORDER BY " + cell);
    }
    statement.add(", counted AS (SELECT " + cell + ", number, sum(n) AS n FROM (");
    addParts(statement, true);
    statement.add(") SEMI JOIN sums USING (" + cell + ") GROUP BY ALL)");
    statement.add(
        ", ranked AS (SELECT *, sum(n) OVER (PARTITION BY "
            + cell
            + " ORDER BY number) AS upto, sum(n) OVER (PARTITION BY "
            + cell
            + ") AS whole FROM counted)");
    statement.add(", quantiles AS (SELECT " + cell);
    for (AggregateFunction function : AggregateFunction.values()) {
      if (function.isQuantile()) {
        statement.add(
            ", min(number) FILTER (upto * 100 >= whole * %d) AS %s"
                .formatted(function.percent(), function));
      }
    }
    statement.add(" FROM ranked GROUP BY " + cell + ")");
    return statement.add(
        " SELECT * FROM sums JOIN quantiles USING (" + cell + ") ORDER BY " + cell);
  }

  /** The sums of each part of the plan, or the counts of its sketches. */
  private void addParts(Query statement, boolean sketches) {
    String union = "";
    for (Map.Entry<Resolution, List<TimeRange>> rollup : plan.rollups().entrySet()) {
      statement.add(union);
      addRollup(statement, rollup.getKey(), rollup.getValue(), sketches);
      union = " UNION ALL ";
    }
    if (!plan.raw().isEmpty()) {
      statement.add(union);
      addRaw(statement, sketches);
    }
  }

  private void addRollup(
      Query statement, Resolution resolution, List<TimeRange> ranges, boolean sketches) {
    addCell(statement.add("SELECT "), "bucket", "metric");
    statement.add(
        sketches
            ? ", unnest(map_keys(sketch)) AS number, unnest(map_values(sketch)) AS n"
            : ", n, total, lowest, highest");
    statement.add(
        " FROM rollups WHERE namespace = ? AND resolution = ? AND expires > ?",
        query.namespace(),
        resolution.seconds(),
        today);
    addMetrics(statement);
    addChoice(statement, "bucket", ranges);
  }

  private void addRaw(Query statement, boolean sketches) {
    statement.add("SELECT " + cell + ", ");
    if (sketches) {
      statement.add(RollupTables.sketchBucket()).add(" AS number, count(*) AS n");
    } else {
      statement.add(
          "count(*) AS n, fsum(value) AS total, min(value) AS lowest, max(value) AS highest");
    }
    statement.add(" FROM (");
    addCell(
        statement.add("SELECT "),
        "timestamp",
        query.countsEvents() ? "''" : "unnest(map_keys(metrics))");
    statement
        .add(query.countsEvents() ? ", 0::DOUBLE" : ", unnest(map_values(metrics))")
        .add(" AS value FROM events WHERE namespace = ? AND expires > ?", query.namespace(), today);
    addChoice(statement, "timestamp", plan.raw());
    statement.add(") WHERE true");
    addMetrics(statement);
    statement.add(" GROUP BY ALL");
  }

  private void addCell(Query statement, String time, String metric) {
    if (query.bucketNanos() == 0) {
      statement.add("?::BIGINT AS bucket", query.range().start());
    } else {
      statement.add("%s - %s %% ? AS bucket".formatted(time, time), query.bucketNanos());
    }
    for (int i = 0; i < groups.size(); i++) {
      statement.add(", ").add(Conditions.group(query.groupBy().get(i))).add(" AS " + groups.get(i));
    }
    statement.add(", " + metric + " AS metric");
  }

  private void addMetrics(Query statement) {
    if (query.countsEvents()) {
      statement.add(" AND metric = ''");
    } else {
      statement.add(" AND metric <> ''").andIn("metric", query.metrics());
    }
  }

  private void addChoice(Query statement, String time, List<TimeRange> ranges) {
    Conditions.addRanges(statement, time, ranges);
    statement.andIn("event_type", query.types());
    Conditions.addFilters(statement, query.filters());
  }

  private AggregateCell cell(ResultSet row) throws SQLException {
    List<String> group = new ArrayList<>();
    for (String name : groups) {
      group.add(row.getString(name));
    }
    Sums sums =
        new Sums(
            row.getLong("n"),
            row.getDouble("total"),
            row.getDouble("lowest"),
            row.getDouble("highest"));
    List<Double> values = new ArrayList<>();
    for (AggregateFunction function : query.functions()) {
      values.add(sums.value(function, function.isQuantile() ? row.getInt(function.name()) : 0));
    }
    return new AggregateCell(row.getLong("bucket"), group, row.getString("metric"), values);
  }
}
