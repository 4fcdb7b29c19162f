package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.TimeRange;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A statement. Its text is made of constants and numbers alone: texts from clients travel beside
 * it, as values of its parameters.
 */
final class Sql {

  private final StringBuilder text = new StringBuilder();
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<List<Object>, String> placeholders = new HashMap<>();

  Sql add(String part) {
    text.append(part);
    return this;
  }

  /** What stands for a text in the statement. */
  String string(String value) {
    return placeholder(value, "String");
  }

  /** What stands for a list of texts in the statement. */
  String strings(Collection<String> value) {
    return placeholder(List.copyOf(value), "Array(String)");
  }

  /** What stands for the name of a database in the statement. */
  String identifier(String value) {
    return placeholder(value, "Identifier");
  }

  private String placeholder(Object value, String type) {
    return placeholders.computeIfAbsent(
        List.of(type, value),
        added -> {
          String name = "p" + values.size();
          values.put(name, value);
          return "{" + name + ":" + type + "}";
        });
  }

  String text() {
    return text.toString();
  }

  Map<String, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  /** A constant of the type that events' times have. */
  static String time(long nanos) {
    return "fromUnixTimestamp64Nano(" + nanos + ", 'UTC')";
  }

  /** The condition that an event's time is in one of some ranges. */
  static String timeIn(List<TimeRange> ranges) {
    return ranges.stream()
        .map(
            range ->
                "timestamp >= %s AND timestamp < %s"
                    .formatted(time(range.start()), time(range.end())))
        .collect(Collectors.joining(" OR ", "(", ")"));
  }

  /** The condition that a rollup's bucket begins in one of some ranges. */
  static String bucketIn(List<TimeRange> ranges) {
    return ranges.stream()
        .map(range -> "bucket >= %d AND bucket < %d".formatted(range.start(), range.end()))
        .collect(Collectors.joining(" OR ", "(", ")"));
  }
}
