package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.Dimensions;
import java.util.List;
import java.util.Map;

/** Which rows of a table's are asked for. Both tables name what they have in common alike. */
final class EventConditions {

  private EventConditions() {}

  /** Those of a namespace, unless they have expired. */
  static void namespace(Sql sql, String namespace, int today) {
    sql.add("namespace = ").add(sql.string(namespace)).add(" AND expires > toDate(" + today + ")");
  }

  /** Those of some types; empty: of all. */
  static void types(Sql sql, List<String> types) {
    in(sql, "event_type", types);
  }

  /** Those of some sources; empty: of all. */
  static void sources(Sql sql, List<String> sources) {
    in(sql, "source", sources);
  }

  static void in(Sql sql, String column, List<String> values) {
    if (!values.isEmpty()) {
      sql.add(" AND " + column + " IN ").add(sql.strings(values));
    }
  }

  /** Events that have all of some dimensions. */
  static void eventFilters(Sql sql, Map<String, String> filters) {
    filters.forEach(
        (name, value) -> {
          String given = sql.string(value);
          if (isField(name)) {
            sql.add(" AND " + name + " = " + given);
          } else {
            String dimension = sql.string(name);
            sql.add(" AND mapContains(dimensions, " + dimension + ")");
            sql.add(" AND dimensions[" + dimension + "] = " + given);
          }
        });
  }

  /** Rollups whose events have all of some dimensions. */
  static void rollupFilters(Sql sql, Map<String, String> filters) {
    filters.forEach(
        (name, value) -> {
          String given = sql.string(value);
          if (isField(name)) {
            sql.add(" AND " + name + " = " + given);
          } else {
            String dimension = sql.string(name);
            sql.add(" AND has(dimension_names, " + dimension + ")");
            sql.add(" AND " + ofRollup(dimension) + " = " + given);
          }
        });
  }

  /** What events are grouped by; an event without the dimension has the empty value. */
  static String ofEvent(Sql sql, String name) {
    return isField(name) ? name : "dimensions[" + sql.string(name) + "]";
  }

  /** The same of rollups. */
  static String ofRollup(Sql sql, String name) {
    return isField(name) ? name : ofRollup(sql.string(name));
  }

  private static String ofRollup(String dimension) {
    return "dimension_values[indexOf(dimension_names, " + dimension + ")]";
  }

  private static boolean isField(String name) {
    return name.equals(Dimensions.EVENT_TYPE) || name.equals(Dimensions.SOURCE);
  }
}
