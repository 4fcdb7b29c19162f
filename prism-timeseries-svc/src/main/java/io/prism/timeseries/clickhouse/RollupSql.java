package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.TimeRange;
import java.util.List;

/** The statements that make rollups, of ranges of whole buckets. */
final class RollupSql {

  private static final String KEYS =
      "rolled_bucket, event_type, kept_source, names, texts, metric, expires";

  private RollupSql() {}

  /** What there is to be rolled up of minutes. */
  static Sql seenEvents(String namespace, List<TimeRange> ranges) {
    Sql sql = new Sql();
    sql.add("SELECT " + start(Resolution.MINUTE, "toUnixTimestamp64Nano(timestamp)"));
    sql.add(" AS rolled_bucket, max(expires), " + Schema.DIGEST);
    sql.add(", groupArrayIntersect(rollup_dimensions) FROM events WHERE ");
    sql.add("namespace = " + sql.string(namespace) + " AND " + Sql.timeIn(ranges));
    return sql.add(" GROUP BY rolled_bucket");
  }

  /** What there is to be rolled up of longer buckets. */
  static Sql seenRollups(
      String namespace, Resolution from, Resolution resolution, List<TimeRange> ranges) {
    Sql sql = new Sql();
    sql.add("SELECT " + start(resolution, "bucket") + " AS rolled_bucket, max(expires), sum(seen)");
    sql.add(", groupArrayIntersect(covers) FROM rolled FINAL WHERE ");
    of(sql, namespace, from, ranges);
    return sql.add(" GROUP BY rolled_bucket");
  }

  /** The time by ClickHouse's clock. */
  static Sql now() {
    return new Sql().add("SELECT toUnixTimestamp64Nano(now64(9))");
  }

  /** Makes rollups of minutes. */
  static Sql rollUpEvents(String namespace, List<TimeRange> ranges, long version) {
    Sql sql = insert(namespace, Resolution.MINUTE, version);
    sql.add("SELECT " + KEYS + ", " + State.OF_BUCKETS + " FROM (");
    sql.add("SELECT " + KEYS + ", " + State.ofValues("value", true) + " FROM (");
    sql.add("SELECT " + start(Resolution.MINUTE, "toUnixTimestamp64Nano(timestamp)"));
    sql.add(" AS rolled_bucket, event_type,");
    sql.add(" if(has(rollup_dimensions, 'source'), source, '') AS kept_source,");
    // A filter by a lambda would copy the map for each of the names.
    sql.add(" arraySort(arrayIntersect(mapKeys(dimensions), rollup_dimensions)) AS names,");
    sql.add(" arrayMap(d -> dimensions[d], names) AS texts, expires,");
    sql.add(" arrayConcat([''], mapKeys(metrics)) AS metric_names,");
    sql.add(" arrayConcat([0.], mapValues(metrics)) AS metric_values FROM events FINAL");
    sql.add(" WHERE namespace = " + sql.string(namespace) + " AND " + Sql.timeIn(ranges));
    sql.add(") ARRAY JOIN metric_names AS metric, metric_values AS value");
    sql.add(" GROUP BY " + KEYS + ", sketch_bucket) GROUP BY " + KEYS);
    return merged(sql, namespace, Resolution.MINUTE, ranges);
  }

  /** Makes rollups of longer buckets. */
  static Sql rollUpRollups(
      String namespace,
      Resolution from,
      Resolution resolution,
      List<TimeRange> ranges,
      long version) {
    Sql sql = insert(namespace, resolution, version);
    sql.add("SELECT " + start(resolution, "bucket") + " AS rolled_bucket, event_type,");
    sql.add(" source AS kept_source, dimension_names AS names, dimension_values AS texts,");
    sql.add(" metric, expires, n, total, lowest, highest, sketch_buckets, sketch_counts");
    sql.add(" FROM rollups FINAL WHERE ");
    of(sql, namespace, from, ranges);
    sql.add(" AND n > 0");
    return merged(sql, namespace, resolution, ranges);
  }

  private static Sql insert(String namespace, Resolution resolution, long version) {
    Sql sql = new Sql();
    sql.add("INSERT INTO rollups (namespace, resolution, bucket, event_type, source,");
    sql.add(" dimension_names, dimension_values, metric, expires, n, total, lowest, highest,");
    sql.add(" sketch_buckets, sketch_counts, version) SELECT " + sql.string(namespace) + ", ");
    sql.add(resolution.seconds() + ", " + KEYS + ", n, total, lowest, highest, sketch.1,");
    return sql.add(" sketch.2, " + version + " FROM (SELECT " + KEYS + ", " + State.MERGED)
        .add(" FROM (");
  }

  /** Groups that are there and of which nothing is left have to be said to be empty. */
  private static Sql merged(
      Sql sql, String namespace, Resolution resolution, List<TimeRange> ranges) {
    sql.add(" UNION ALL SELECT bucket, event_type, source, dimension_names, dimension_values,");
    sql.add(" metric, expires, 0, 0., inf, -inf, [], [] FROM rollups FINAL WHERE ");
    of(sql, namespace, resolution, ranges);
    return sql.add(" AND n > 0) GROUP BY " + KEYS + ")");
  }

  private static void of(Sql sql, String namespace, Resolution resolution, List<TimeRange> ranges) {
    sql.add("namespace = " + sql.string(namespace) + " AND resolution = " + resolution.seconds());
    sql.add(" AND " + Sql.bucketIn(ranges));
  }

  private static String start(Resolution resolution, String nanos) {
    return "intDiv(%s, %2$d) * %2$d".formatted(nanos, resolution.nanos());
  }
}
