package io.prism.timeseries.duckdb;

import io.prism.timeseries.domain.Dimensions;
import io.prism.timeseries.domain.TimeRange;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Parts of statements that events and rollups share. */
final class Conditions {

  private Conditions() {}

  /** That a time is in one of some ranges. */
  static void addRanges(Query query, String time, List<TimeRange> ranges) {
    query.add(" AND (");
    String separator = "";
    for (TimeRange range : ranges) {
      query.add(separator + time + " >= ? AND " + time + " < ?", range.start(), range.end());
      separator = " OR ";
    }
    query.add(")");
  }

  /** That the dimensions are there with these values. */
  static void addFilters(Query query, SortedMap<String, String> filters) {
    for (Map.Entry<String, String> filter : filters.entrySet()) {
      query.add(" AND ").add(value(filter.getKey())).add(" = ?", filter.getValue());
    }
  }

  /** The value that is grouped by. */
  static Query group(String name) {
    return new Query().add("coalesce(").add(value(name)).add(", '')");
  }

  private static Query value(String name) {
    return switch (name) {
      case Dimensions.EVENT_TYPE -> new Query().add("event_type");
      case Dimensions.SOURCE -> new Query().add("source");
      default -> new Query().add("map_extract_value(dimensions, ?)", name);
    };
  }
}
