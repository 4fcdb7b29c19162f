package io.prism.timeseries.clickhouse;

import io.prism.timeseries.clickhouse.EventConditions.Rows;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.TimeRange;
import org.jspecify.annotations.Nullable;

/** The statements that read a page of events. */
final class PageSql {

  private PageSql() {}

  /**
   * The times of the next rows, and what they take in memory. It reads no more than that, in the
   * order of the table, whichever way. Events that are there twice are counted twice.
   */
  static Sql times(EventQuery query, TimeRange range, int today, long rows) {
    Sql sql = new Sql();
    sql.add("SELECT toUnixTimestamp64Nano(timestamp), toInt32(bytes) FROM events WHERE ");
    events(sql, query, range, today);
    sql.add(" ORDER BY timestamp" + (query.descending() ? " DESC" : ""));
    return sql.add(" LIMIT " + rows);
  }

  /** The first events of a range. */
  static Sql page(
      EventQuery query, TimeRange range, @Nullable EventKey after, int today, long limit) {
    Sql sql = new Sql();
    sql.add("SELECT " + EventRows.SELECTED + " FROM events FINAL WHERE ");
    events(sql, query, range, today);
    EventConditions.filters(sql, Rows.OF_EVENTS, query.filters());
    if (after != null) {
      sql.add(" AND (timestamp, event_type, source, event_id, tie) ");
      sql.add((query.descending() ? "<" : ">") + " (" + Sql.time(after.timestamp()) + ", ");
      sql.add(sql.string(after.type()) + ", " + sql.string(after.source()) + ", ");
      sql.add(sql.string(after.id()) + ", " + after.tie() + ")");
    }
    String direction = query.descending() ? " DESC" : "";
    sql.add(" ORDER BY timestamp" + direction + ", event_type" + direction);
    sql.add(", source" + direction + ", event_id" + direction + ", tie" + direction);
    return sql.add(" LIMIT " + limit);
  }

  /** By what all rows of an event have in common, so that no other row of it takes its place. */
  private static void events(Sql sql, EventQuery query, TimeRange range, int today) {
    EventConditions.namespace(sql, query.namespace(), today);
    sql.add(" AND timestamp >= " + Sql.time(range.start()));
    sql.add(" AND timestamp < " + Sql.time(range.end()));
    EventConditions.types(sql, query.types());
    EventConditions.sources(sql, query.sources());
  }
}
