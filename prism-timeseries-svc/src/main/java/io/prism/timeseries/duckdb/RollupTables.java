package io.prism.timeseries.duckdb;

import io.prism.timeseries.domain.QuantileSketch;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.StaleMinute;
import io.prism.timeseries.domain.TimeRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The rollups, and what tells whether they have all events: each append counts its events by minute
 * in its own transaction, and a rollup keeps the count that it saw in the snapshot that it was
 * computed from. It has all events as long as the counts are the same.
 */
final class RollupTables {

  /** Of all values of one series in one bucket, whichever way they were found. */
  private static final String SERIES = "bucket, expires, event_type, source, dimensions, metric";

  private RollupTables() {}

  static List<Long> unusable(
      Link link,
      String namespace,
      Resolution resolution,
      TimeRange range,
      List<String> needs,
      int limit)
      throws SQLException {
    Query query =
        new Query()
            .add(
                """
                SELECT bucket FROM (
                  SELECT minute - minute % ? AS bucket, sum(events) AS events FROM touched
                  WHERE namespace = ? AND minute >= ? AND minute < ? GROUP BY ALL)
                LEFT JOIN (
                  SELECT bucket, seen, covers FROM rolled WHERE namespace = ? AND resolution = ?)
                USING (bucket)
                WHERE seen IS DISTINCT FROM events\
                """,
                resolution.nanos(),
                namespace,
                range.start(),
                range.end(),
                namespace,
                resolution.seconds());
    for (String name : needs) {
      query.add(" OR NOT list_contains(covers, ?)", name);
    }
    query.add(" ORDER BY bucket LIMIT ?", limit);
    List<Long> buckets = new ArrayList<>();
    try (PreparedStatement statement = query.prepare(link);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        buckets.add(rows.getLong(1));
      }
    }
    return buckets;
  }

  static List<StaleMinute> stale(Link link, int limit) throws SQLException {
    Query query =
        new Query()
            .add(
                """
                SELECT namespace, minute FROM touched LEFT JOIN (
                  SELECT namespace, bucket AS minute, seen FROM rolled WHERE resolution = ?)
                USING (namespace, minute)
                WHERE seen IS DISTINCT FROM events ORDER BY minute DESC LIMIT ?
                """,
                Resolution.MINUTE.seconds(),
                limit);
    List<StaleMinute> minutes = new ArrayList<>();
    try (PreparedStatement statement = query.prepare(link);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        minutes.add(new StaleMinute(rows.getString(1), rows.getLong(2)));
      }
    }
    return minutes;
  }

  static void rollUp(Link link, String namespace, Collection<Long> minutes) throws SQLException {
    Collection<Long> buckets = new TreeSet<>(minutes);
    drop(link, namespace, Resolution.MINUTE, buckets);
    minuteSums(namespace, buckets).run(link);
    minutesRolled(namespace, buckets).run(link);
    Resolution shorter = Resolution.MINUTE;
    for (Resolution resolution : List.of(Resolution.FIVE_MINUTES, Resolution.HOUR)) {
      buckets = floors(buckets, resolution);
      drop(link, namespace, resolution, buckets);
      mergedSums(namespace, resolution, shorter, buckets).run(link);
      mergedRolled(namespace, resolution, shorter, buckets).run(link);
      shorter = resolution;
    }
  }

  private static Collection<Long> floors(Collection<Long> buckets, Resolution resolution) {
    Collection<Long> floors = new TreeSet<>();
    buckets.forEach(bucket -> floors.add(resolution.floor(bucket)));
    return floors;
  }

  private static void drop(
      Link link, String namespace, Resolution resolution, Collection<Long> buckets)
      throws SQLException {
    new Query()
        .add(
            "DELETE FROM rollups WHERE namespace = ? AND resolution = ?",
            namespace,
            resolution.seconds())
        .andIn("bucket", buckets)
        .run(link);
  }

  private static List<TimeRange> ranges(Collection<Long> buckets, Resolution resolution) {
    return buckets.stream().map(at -> new TimeRange(at, at + resolution.nanos())).toList();
  }

  private static Query minuteSums(String namespace, Collection<Long> minutes) {
    Query query =
        new Query()
            .add(
                """
                INSERT INTO rollups
                WITH chosen AS (
                  SELECT timestamp - timestamp % ? AS bucket, expires, event_type,
                    CASE WHEN list_contains(names, 'source') THEN source ELSE '' END AS source,
                    map_from_entries(list_sort(list_filter(
                      map_entries(dimensions), lambda entry: list_contains(names, entry.key)))) AS dimensions,
                    metrics
                  FROM (SELECT *, string_split(rollup_dimensions, ?) AS names FROM events)
                  WHERE namespace = ?\
                """,
                Resolution.MINUTE.nanos(), String.valueOf(EventTable.SEPARATOR), namespace);
    Conditions.addRanges(query, "timestamp", ranges(minutes, Resolution.MINUTE));
    return query
        .add(
            """
            ), measured AS (
              SELECT bucket, expires, event_type, source, dimensions, '' AS metric, 0::DOUBLE AS value FROM chosen
              UNION ALL
              SELECT bucket, expires, event_type, source, dimensions,
                unnest(map_keys(metrics)), unnest(map_values(metrics)) FROM chosen
            ), counted AS (
            """)
        .add("SELECT " + SERIES + ", ")
        .add(sketchBucket())
        .add(
            """
             AS number, count(*) AS n, fsum(value) AS total, min(value) AS lowest, max(value) AS highest
              FROM measured GROUP BY ALL)
            SELECT ?, ?, bucket, expires, event_type, source, dimensions, metric,
              sum(n), fsum(total), min(lowest), max(highest),
              map(list(number ORDER BY number), list(n ORDER BY number))
            FROM counted GROUP BY
            """,
            namespace,
            Resolution.MINUTE.seconds())
        .add(SERIES);
  }

  /** The sketch's bucket of {@code value}. */
  static Query sketchBucket() {
    return new Query()
        .add(
            """
            CASE WHEN value = 0 THEN 0 ELSE
              (sign(value) * (ceil(ln(abs(value)) / ?) + ?))::INTEGER END\
            """,
            QuantileSketch.LN_GAMMA,
            (double) QuantileSketch.OFFSET);
  }

  private static Query minutesRolled(String namespace, Collection<Long> minutes) {
    Query query =
        new Query()
            .add(
                """
                INSERT OR REPLACE INTO rolled
                SELECT ?, ?, minute, any_value(events), coalesce(list_reduce(
                    list(DISTINCT string_split(rollup_dimensions, ?)),
                    lambda most, next: list_intersect(most, next)), []), any_value(touched.expires)
                FROM touched LEFT JOIN events
                  ON events.namespace = touched.namespace
                  AND timestamp >= minute AND timestamp < minute + ?
                WHERE touched.namespace = ?\
                """,
                namespace,
                Resolution.MINUTE.seconds(),
                String.valueOf(EventTable.SEPARATOR),
                Resolution.MINUTE.nanos(),
                namespace)
            .andIn("minute", minutes);
    Conditions.addRanges(query, "timestamp", ranges(minutes, Resolution.MINUTE));
    return query.add(" GROUP BY minute");
  }

  private static Query mergedSums(
      String namespace, Resolution resolution, Resolution shorter, Collection<Long> buckets) {
    Query query =
        new Query()
            .add(
                """
                INSERT INTO rollups
                WITH parts AS (
                  SELECT * REPLACE (bucket - bucket % ? AS bucket) FROM rollups
                  WHERE namespace = ? AND resolution = ?\
                """,
                resolution.nanos(), namespace, shorter.seconds());
    Conditions.addRanges(query, "bucket", ranges(buckets, resolution));
    return query.add(
        """
        ), sums AS (
          SELECT SERIES, sum(n) AS n, fsum(total) AS total, min(lowest) AS lowest, max(highest) AS highest
          FROM parts GROUP BY SERIES
        ), counted AS (
          SELECT SERIES, number, sum(n) AS n
          FROM (SELECT SERIES, unnest(map_keys(sketch)) AS number, unnest(map_values(sketch)) AS n FROM parts)
          GROUP BY SERIES, number
        ), sketches AS (
          SELECT SERIES, map(list(number ORDER BY number), list(n::BIGINT ORDER BY number)) AS sketch
          FROM counted GROUP BY SERIES
        )
        SELECT ?, ?, SERIES, n, total, lowest, highest, sketch FROM sums JOIN sketches USING (SERIES)
        """
            .replace("SERIES", SERIES),
        namespace,
        resolution.seconds());
  }

  private static Query mergedRolled(
      String namespace, Resolution resolution, Resolution shorter, Collection<Long> buckets) {
    Query query =
        new Query()
            .add(
                """
                INSERT OR REPLACE INTO rolled
                SELECT ?, ?, bucket - bucket % ? AS longer, sum(seen), list_reduce(
                    list(covers), lambda most, next: list_intersect(most, next)), max(expires)
                FROM rolled WHERE namespace = ? AND resolution = ?\
                """,
                namespace, resolution.seconds(), resolution.nanos(), namespace, shorter.seconds());
    Conditions.addRanges(query, "bucket", ranges(buckets, resolution));
    return query.add(" GROUP BY longer");
  }

  static void expire(Link link, int today) throws SQLException {
    for (String table : List.of("events", "rollups", "rolled", "touched")) {
      new Query().add("DELETE FROM " + table + " WHERE expires <= ?", today).run(link);
    }
  }
}
