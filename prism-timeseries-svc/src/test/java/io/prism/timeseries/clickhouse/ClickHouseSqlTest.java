package io.prism.timeseries.clickhouse;

import static io.prism.timeseries.clickhouse.Events.HOUR;
import static io.prism.timeseries.clickhouse.Events.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.timeseries.domain.AggregateFunction;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.AggregateQuery;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.TimeRange;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The statements, word for word: each names the namespace, and none holds a client's text. */
class ClickHouseSqlTest {

  private static final TimeRange RANGE = new TimeRange(HOUR, 2 * HOUR);

  /** As one line. */
  private static String line(String text) {
    return text.strip().replaceAll("\\(\n\\s*", "(").replaceAll("\\s*\n\\s*", " ");
  }

  private static void assertSql(Sql sql, Map<String, Object> values, String expected) {
    assertThat(sql.text()).isEqualTo(line(expected));
    assertThat(sql.values()).isEqualTo(values);
  }

  @Test
  void insert() {
    assertThat(EventRows.TABLE).isEqualTo("events");
    assertThat(String.join(", ", EventRows.COLUMNS))
        .isEqualTo(
            line(
                """
                namespace, timestamp, event_type, source, event_id, tie, dimensions, metrics,
                payload, bytes, expires, rollup_dimensions, precedence
                """));
    assertThat(String.join(", ", Rolled.COLUMNS))
        .isEqualTo("namespace, resolution, bucket, expires, seen, covers, version");
  }

  private static EventQuery filtered() {
    return new EventQuery(
        "ns",
        RANGE,
        List.of("t1", "t2"),
        List.of("s1"),
        new TreeMap<>(Map.of("a", "1", "source", "s1")),
        false);
  }

  private static EventQuery newestFirst() {
    return new EventQuery("ns", RANGE, List.of(), List.of(), new TreeMap<>(), true);
  }

  @Test
  void timesOfAPage() {
    assertSql(
        PageSql.times(filtered(), RANGE, 100, 5),
        Map.of("p0", "ns", "p1", List.of("t1", "t2"), "p2", List.of("s1")),
        """
        SELECT toUnixTimestamp64Nano(timestamp), toInt32(bytes) FROM events
        WHERE namespace = {p0:String} AND expires > toDate(100)
        AND timestamp >= fromUnixTimestamp64Nano(3600000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(7200000000000, 'UTC')
        AND event_type IN {p1:Array(String)} AND source IN {p2:Array(String)}
        ORDER BY timestamp LIMIT 5
        """);
    assertSql(
        PageSql.times(newestFirst(), RANGE, 100, 5),
        Map.of("p0", "ns"),
        """
        SELECT toUnixTimestamp64Nano(timestamp), toInt32(bytes) FROM events
        WHERE namespace = {p0:String} AND expires > toDate(100)
        AND timestamp >= fromUnixTimestamp64Nano(3600000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(7200000000000, 'UTC')
        ORDER BY timestamp DESC LIMIT 5
        """);
  }

  @Test
  void page() {
    EventKey after = new EventKey(HOUR + 3, "t", "s", "i", 4);
    Map<String, Object> values = new TreeMap<>(Map.of("p0", "ns", "p2", List.of("s1")));
    values.putAll(Map.of("p1", List.of("t1", "t2"), "p3", "1", "p4", "a", "p5", "s1"));
    values.putAll(Map.of("p6", "t", "p7", "s", "p8", "i"));
    assertSql(
        PageSql.page(filtered(), RANGE, after, 100, 3),
        values,
        """
        SELECT toUnixTimestamp64Nano(timestamp), event_type, source, event_id, tie, dimensions,
        metrics, payload, toInt32(bytes) FROM events FINAL
        WHERE namespace = {p0:String} AND expires > toDate(100)
        AND timestamp >= fromUnixTimestamp64Nano(3600000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(7200000000000, 'UTC')
        AND event_type IN {p1:Array(String)} AND source IN {p2:Array(String)}
        AND mapContains(dimensions, {p4:String}) AND dimensions[{p4:String}] = {p3:String}
        AND source = {p5:String}
        AND (timestamp, event_type, source, event_id, tie) >
        (fromUnixTimestamp64Nano(3600000000003, 'UTC'), {p6:String}, {p7:String}, {p8:String}, 4)
        ORDER BY timestamp, event_type, source, event_id, tie LIMIT 3
        """);
    assertSql(
        PageSql.page(newestFirst(), RANGE, after, 100, 3),
        Map.of("p0", "ns", "p1", "t", "p2", "s", "p3", "i"),
        """
        SELECT toUnixTimestamp64Nano(timestamp), event_type, source, event_id, tie, dimensions,
        metrics, payload, toInt32(bytes) FROM events FINAL
        WHERE namespace = {p0:String} AND expires > toDate(100)
        AND timestamp >= fromUnixTimestamp64Nano(3600000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(7200000000000, 'UTC')
        AND (timestamp, event_type, source, event_id, tie) <
        (fromUnixTimestamp64Nano(3600000000003, 'UTC'), {p1:String}, {p2:String}, {p3:String}, 4)
        ORDER BY timestamp DESC, event_type DESC, source DESC, event_id DESC, tie DESC LIMIT 3
        """);
  }

  @Test
  void unusable() {
    assertSql(
        FreshnessSql.unusable("ns", Resolution.FIVE_MINUTES, RANGE, List.of("a", "source"), 10),
        Map.of("p0", "ns", "p1", List.of("a", "source")),
        """
        SELECT start FROM (
        SELECT intDiv(minute, 5) * 300000000000 AS start, sum(digest) AS d, toUInt64(0) AS s,
        1 AS lies, 0 AS usable FROM (
        SELECT intDiv(toUnixTimestamp64Nano(timestamp), 60000000000) AS minute,
        sum(cityHash64(timestamp, event_type, source, event_id, tie, precedence)) AS digest
        FROM events WHERE namespace = {p0:String}
        AND intDiv(toUnixTimestamp64Nano(timestamp), 60000000000) >= 60
        AND intDiv(toUnixTimestamp64Nano(timestamp), 60000000000) < 120
        GROUP BY minute) GROUP BY start
        UNION ALL SELECT bucket, toUInt64(0), seen, 0, hasAll(covers, {p1:Array(String)})
        FROM rolled FINAL WHERE namespace = {p0:String} AND resolution = 300
        AND bucket >= 3600000000000 AND bucket < 7200000000000)
        GROUP BY start HAVING max(lies) = 1 AND (sum(d) != sum(s) OR max(usable) = 0)
        ORDER BY start LIMIT 10
        """);
  }

  @Test
  void staleHours() {
    assertSql(
        FreshnessSql.staleHours(10),
        Map.of(),
        """
        SELECT namespace, start FROM (
        SELECT namespace, intDiv(minute, 60) * 3600000000000 AS start, sum(digest) AS d,
        toUInt64(0) AS s, 1 AS lies, 0 AS usable FROM (
        SELECT namespace, intDiv(toUnixTimestamp64Nano(timestamp), 60000000000) AS minute,
        sum(cityHash64(timestamp, event_type, source, event_id, tie, precedence)) AS digest
        FROM events GROUP BY namespace, minute) GROUP BY namespace, start
        UNION ALL SELECT namespace, bucket, toUInt64(0), seen, 0, 1 FROM rolled FINAL
        WHERE resolution = 3600)
        GROUP BY namespace, start HAVING max(lies) = 1 AND (sum(d) != sum(s) OR max(usable) = 0)
        ORDER BY start, namespace LIMIT 10
        """);
  }

  @Test
  void aggregateOfAllParts() {
    AggregateQuery query =
        new AggregateQuery(
            "ns",
            new TimeRange(HOUR, 3 * HOUR),
            List.of("t1"),
            new TreeMap<>(Map.of("a", "1")),
            List.of("m"),
            false,
            List.of(AggregateFunction.SUM, AggregateFunction.P95),
            List.of("a", "source"),
            HOUR,
            24);
    Map<Resolution, List<TimeRange>> rollups = new EnumMap<>(Resolution.class);
    rollups.put(Resolution.MINUTE, List.of(new TimeRange(2 * HOUR, 2 * HOUR + MINUTE)));
    rollups.put(Resolution.HOUR, List.of(RANGE));
    List<TimeRange> raw = List.of(new TimeRange(2 * HOUR + MINUTE, 3 * HOUR));
    assertSql(
        AggregateSql.of(new AggregatePlan(query, rollups, raw), 100),
        Map.of("p0", "a", "p1", "ns", "p2", List.of("t1"), "p3", "1", "p4", List.of("m")),
        """
        SELECT slot, g0, g1, metric, n, total, lowest, highest,
        sketch.1[arrayFirstIndex(c -> c >= intDiv(n * 95 + 99, 100), arrayCumSum(sketch.2))] FROM (
        SELECT slot, g0, g1, metric, sum(n) AS n, sumKahan(total) AS total,
        min(lowest) AS lowest, max(highest) AS highest,
        sumMap(sketch_buckets, sketch_counts) AS sketch FROM (
        SELECT intDiv(bucket, 3600000000000) * 3600000000000 AS slot,
        dimension_values[indexOf(dimension_names, {p0:String})] AS g0, source AS g1,
        metric, n, total, lowest, highest, sketch_buckets, sketch_counts FROM rollups FINAL
        WHERE namespace = {p1:String} AND expires > toDate(100) AND resolution = 60
        AND (bucket >= 7200000000000 AND bucket < 7260000000000) AND n > 0
        AND event_type IN {p2:Array(String)} AND has(dimension_names, {p0:String})
        AND dimension_values[indexOf(dimension_names, {p0:String})] = {p3:String}
        AND metric IN {p4:Array(String)}
        UNION ALL SELECT intDiv(bucket, 3600000000000) * 3600000000000 AS slot,
        dimension_values[indexOf(dimension_names, {p0:String})] AS g0, source AS g1,
        metric, n, total, lowest, highest, sketch_buckets, sketch_counts FROM rollups FINAL
        WHERE namespace = {p1:String} AND expires > toDate(100) AND resolution = 3600
        AND (bucket >= 3600000000000 AND bucket < 7200000000000) AND n > 0
        AND event_type IN {p2:Array(String)} AND has(dimension_names, {p0:String})
        AND dimension_values[indexOf(dimension_names, {p0:String})] = {p3:String}
        AND metric IN {p4:Array(String)}
        UNION ALL SELECT slot, g0, g1, metric, sum(c) AS n, sumKahan(t) AS total,
        min(l) AS lowest, max(h) AS highest, groupArray(sketch_bucket) AS sketch_buckets,
        groupArray(c) AS sketch_counts FROM (
        SELECT intDiv(toUnixTimestamp64Nano(timestamp), 3600000000000) * 3600000000000 AS slot,
        dimensions[{p0:String}] AS g0, source AS g1, metric,
        toInt32(if(value = 0, 0, sign(value) * (ceil(log(abs(value)) / 0.020000666706669435)
        + 40000))) AS sketch_bucket,
        count() AS c, sumKahan(value) AS t, min(value) AS l, max(value) AS h
        FROM events FINAL ARRAY JOIN mapKeys(metrics) AS metric, mapValues(metrics) AS value
        WHERE namespace = {p1:String} AND expires > toDate(100)
        AND (timestamp >= fromUnixTimestamp64Nano(7260000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(10800000000000, 'UTC'))
        AND event_type IN {p2:Array(String)} AND mapContains(dimensions, {p0:String})
        AND dimensions[{p0:String}] = {p3:String} AND metric IN {p4:Array(String)}
        GROUP BY slot, g0, g1, metric, sketch_bucket) GROUP BY slot, g0, g1, metric)
        GROUP BY slot, g0, g1, metric)
        ORDER BY slot, g0, g1, metric LIMIT 12
        """);
  }

  @Test
  void countsOfEvents() {
    AggregateQuery query =
        new AggregateQuery(
            "ns",
            RANGE,
            List.of(),
            new TreeMap<>(),
            List.of(),
            true,
            List.of(AggregateFunction.COUNT),
            List.of(),
            0,
            24);
    AggregatePlan plan =
        new AggregatePlan(query, Map.of(Resolution.MINUTE, List.of(RANGE)), List.of(RANGE));
    assertSql(
        AggregateSql.of(plan, 100),
        Map.of("p0", "ns"),
        """
        SELECT slot, metric, n, total, lowest, highest FROM (
        SELECT slot, metric, sum(n) AS n, sumKahan(total) AS total,
        min(lowest) AS lowest, max(highest) AS highest,
        sumMap(sketch_buckets, sketch_counts) AS sketch FROM (
        SELECT toInt64(3600000000000) AS slot,
        metric, n, total, lowest, highest, sketch_buckets, sketch_counts FROM rollups FINAL
        WHERE namespace = {p0:String} AND expires > toDate(100) AND resolution = 60
        AND (bucket >= 3600000000000 AND bucket < 7200000000000) AND n > 0 AND metric = ''
        UNION ALL SELECT slot, metric, sum(c) AS n, sumKahan(t) AS total,
        min(l) AS lowest, max(h) AS highest, groupArray(sketch_bucket) AS sketch_buckets,
        groupArray(c) AS sketch_counts FROM (
        SELECT toInt64(3600000000000) AS slot, '' AS metric, toInt32(0) AS sketch_bucket,
        count() AS c, sumKahan(0.) AS t, min(0.) AS l, max(0.) AS h FROM events FINAL
        WHERE namespace = {p0:String} AND expires > toDate(100)
        AND (timestamp >= fromUnixTimestamp64Nano(3600000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(7200000000000, 'UTC'))
        GROUP BY slot, metric, sketch_bucket) GROUP BY slot, metric)
        GROUP BY slot, metric)
        ORDER BY slot, metric LIMIT 24
        """);
  }

  private static final String INSERT_ROLLUPS =
      """
      INSERT INTO rollups (namespace, resolution, bucket, event_type, source,
      dimension_names, dimension_values, metric, expires, n, total, lowest, highest,
      sketch_buckets, sketch_counts, version)
      """;

  private static final String KEYS =
      "rolled_bucket, event_type, kept_source, names, texts, metric, expires";

  @Test
  void rollupsOfMinutes() {
    List<TimeRange> minutes =
        List.of(
            new TimeRange(HOUR, HOUR + MINUTE),
            new TimeRange(HOUR + 2 * MINUTE, HOUR + 3 * MINUTE));
    assertSql(
        RollupSql.seenEvents("ns", minutes),
        Map.of("p0", "ns"),
        """
        SELECT intDiv(toUnixTimestamp64Nano(timestamp), 60000000000) * 60000000000
        AS rolled_bucket, max(expires),
        sum(cityHash64(timestamp, event_type, source, event_id, tie, precedence)),
        groupArrayIntersect(rollup_dimensions) FROM events WHERE namespace = {p0:String}
        AND (timestamp >= fromUnixTimestamp64Nano(3600000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(3660000000000, 'UTC')
        OR timestamp >= fromUnixTimestamp64Nano(3720000000000, 'UTC')
        AND timestamp < fromUnixTimestamp64Nano(3780000000000, 'UTC'))
        GROUP BY rolled_bucket
        """);
    assertSql(
        RollupSql.rollUpEvents("ns", minutes.subList(0, 1), 7),
        Map.of("p0", "ns"),
        INSERT_ROLLUPS
            + """
            SELECT {p0:String}, 60, KEYS, n, total, lowest, highest, sketch.1, sketch.2, 7 FROM (
            SELECT KEYS, sum(n) AS n, sumKahan(total) AS total,
            min(lowest) AS lowest, max(highest) AS highest,
            sumMap(sketch_buckets, sketch_counts) AS sketch FROM (
            SELECT KEYS, sum(c) AS n, sumKahan(t) AS total, min(l) AS lowest, max(h) AS highest,
            groupArray(sketch_bucket) AS sketch_buckets, groupArray(c) AS sketch_counts FROM (
            SELECT KEYS,
            toInt32(if(value = 0, 0, sign(value) * (ceil(log(abs(value)) / 0.020000666706669435)
            + 40000))) AS sketch_bucket,
            count() AS c, sumKahan(value) AS t, min(value) AS l, max(value) AS h FROM (
            SELECT intDiv(toUnixTimestamp64Nano(timestamp), 60000000000) * 60000000000
            AS rolled_bucket, event_type,
            if(has(rollup_dimensions, 'source'), source, '') AS kept_source,
            arraySort(arrayIntersect(mapKeys(dimensions), rollup_dimensions)) AS names,
            arrayMap(d -> dimensions[d], names) AS texts, expires,
            arrayConcat([''], mapKeys(metrics)) AS metric_names,
            arrayConcat([0.], mapValues(metrics)) AS metric_values FROM events FINAL
            WHERE namespace = {p0:String}
            AND (timestamp >= fromUnixTimestamp64Nano(3600000000000, 'UTC')
            AND timestamp < fromUnixTimestamp64Nano(3660000000000, 'UTC')))
            ARRAY JOIN metric_names AS metric, metric_values AS value
            GROUP BY KEYS, sketch_bucket) GROUP BY KEYS
            UNION ALL SELECT bucket, event_type, source, dimension_names, dimension_values,
            metric, expires, 0, 0., inf, -inf, [], [] FROM rollups FINAL
            WHERE namespace = {p0:String} AND resolution = 60
            AND (bucket >= 3600000000000 AND bucket < 3660000000000) AND n > 0) GROUP BY KEYS)
            """
                .replace("KEYS", KEYS));
  }

  @Test
  void rollupsOfLongerBuckets() {
    assertSql(
        RollupSql.seenRollups("ns", Resolution.FIVE_MINUTES, Resolution.HOUR, List.of(RANGE)),
        Map.of("p0", "ns"),
        """
        SELECT intDiv(bucket, 3600000000000) * 3600000000000 AS rolled_bucket, max(expires),
        sum(seen), groupArrayIntersect(covers) FROM rolled FINAL WHERE namespace = {p0:String}
        AND resolution = 300 AND (bucket >= 3600000000000 AND bucket < 7200000000000)
        GROUP BY rolled_bucket
        """);
    assertSql(
        RollupSql.rollUpRollups("ns", Resolution.FIVE_MINUTES, Resolution.HOUR, List.of(RANGE), 8),
        Map.of("p0", "ns"),
        INSERT_ROLLUPS
            + """
            SELECT {p0:String}, 3600, KEYS, n, total, lowest, highest, sketch.1, sketch.2, 8 FROM (
            SELECT KEYS, sum(n) AS n, sumKahan(total) AS total,
            min(lowest) AS lowest, max(highest) AS highest,
            sumMap(sketch_buckets, sketch_counts) AS sketch FROM (
            SELECT intDiv(bucket, 3600000000000) * 3600000000000 AS rolled_bucket, event_type,
            source AS kept_source, dimension_names AS names, dimension_values AS texts,
            metric, expires, n, total, lowest, highest, sketch_buckets, sketch_counts
            FROM rollups FINAL WHERE namespace = {p0:String} AND resolution = 300
            AND (bucket >= 3600000000000 AND bucket < 7200000000000) AND n > 0
            UNION ALL SELECT bucket, event_type, source, dimension_names, dimension_values,
            metric, expires, 0, 0., inf, -inf, [], [] FROM rollups FINAL
            WHERE namespace = {p0:String} AND resolution = 3600
            AND (bucket >= 3600000000000 AND bucket < 7200000000000) AND n > 0) GROUP BY KEYS)
            """
                .replace("KEYS", KEYS));
  }
}
