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

  /** Those whose events have all of some dimensions. */
  static void filters(Sql sql, Rows rows, Map<String, String> filters) {
    filters.forEach(
        (name, value) -> {
          String given = sql.string(value);
          if (isField(name)) {
            sql.add(" AND " + name + " = " + given);
          } else {
            String dimension = sql.string(name);
            sql.add(" AND " + rows.has(dimension));
            sql.add(" AND " + rows.value(dimension) + " = " + given);
          }
        });
  }

  /** What they are grouped by; without the dimension, the empty value. */
  static String group(Sql sql, Rows rows, String name) {
    return isField(name) ? name : rows.value(sql.string(name));
  }

  private static boolean isField(String name) {
    return name.equals(Dimensions.EVENT_TYPE) || name.equals(Dimensions.SOURCE);
  }

  /** Where a table has its dimensions. */
  enum Rows {
    OF_EVENTS {
      @Override
      String has(String dimension) {
        return "mapContains(dimensions, " + dimension + ")";
      }

      @Override
      String value(String dimension) {
        return "dimensions[" + dimension + "]";
      }
    },
    OF_ROLLUPS {
      @Override
      String has(String dimension) {
        return "has(dimension_names, " + dimension + ")";
      }

      @Override
      String value(String dimension) {
        return "dimension_values[indexOf(dimension_names, " + dimension + ")]";
      }
    };

    abstract String has(String dimension);

    abstract String value(String dimension);
  }
}
