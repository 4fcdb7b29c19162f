package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.TimeRange;
import java.util.List;

/**
 * The statements that compare what rollups have seen with what lies there. The latter comes from
 * the projection of the events, as long as its own expressions are used.
 */
final class FreshnessSql {

  private FreshnessSql() {}

  /** Starts of buckets with events whose rollup has not seen them all, or lacks a dimension. */
  static Sql unusable(
      String namespace, Resolution resolution, TimeRange range, List<String> needs, int limit) {
    Sql sql = new Sql();
    String own = "namespace = " + sql.string(namespace);
    String covers = needs.isEmpty() ? "1" : "hasAll(covers, " + sql.strings(needs) + ")";
    sql.add("SELECT start FROM (SELECT " + start(resolution) + " AS start,");
    sql.add(" sum(digest) AS d, toUInt64(0) AS s, 1 AS lies, 0 AS usable FROM (SELECT ");
    sql.add(Schema.MINUTE + " AS minute, " + Schema.DIGEST + " AS digest FROM events WHERE ");
    sql.add(own + " AND " + Schema.MINUTE + " >= " + minute(range.start()));
    sql.add(" AND " + Schema.MINUTE + " < " + minute(range.end()));
    sql.add(" GROUP BY minute) GROUP BY start UNION ALL");
    sql.add(" SELECT bucket, toUInt64(0), seen, 0, " + covers + " FROM rolled FINAL WHERE ");
    sql.add(own + " AND resolution = " + resolution.seconds());
    sql.add(" AND bucket >= " + range.start() + " AND bucket < " + range.end());
    return sql.add(") GROUP BY start HAVING " + STALE + " ORDER BY start LIMIT " + limit);
  }

  /** Namespaces and starts of hours whose rollup has not seen all of their events. */
  static Sql staleHours(int limit) {
    Sql sql = new Sql();
    sql.add("SELECT namespace, start FROM (SELECT namespace, " + start(Resolution.HOUR));
    sql.add(" AS start, sum(digest) AS d, toUInt64(0) AS s, 1 AS lies, 0 AS usable FROM (");
    sql.add("SELECT namespace, " + Schema.MINUTE + " AS minute, " + Schema.DIGEST);
    sql.add(" AS digest FROM events GROUP BY namespace, minute) GROUP BY namespace, start");
    sql.add(" UNION ALL SELECT namespace, bucket, toUInt64(0), seen, 0, 1 FROM rolled FINAL");
    sql.add(" WHERE resolution = " + Resolution.HOUR.seconds());
    sql.add(") GROUP BY namespace, start HAVING " + STALE);
    return sql.add(" ORDER BY start, namespace LIMIT " + limit);
  }

  private static final String STALE = "max(lies) = 1 AND (sum(d) != sum(s) OR max(usable) = 0)";

  private static String start(Resolution resolution) {
    long minutes = minute(resolution.nanos());
    return "intDiv(minute, " + minutes + ") * " + resolution.nanos();
  }

  private static long minute(long nanos) {
    return nanos / Resolution.MINUTE.nanos();
  }
}
