package io.prism.timeseries.clickhouse;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Values of a statement's parameters as ClickHouse reads them: a text as in a file with tabs
 * between columns, a list with its texts in quotes. The client hands over what it is given.
 */
final class ParameterText {

  private ParameterText() {}

  static Map<String, Object> of(Map<String, Object> values) {
    Map<String, Object> texts = LinkedHashMap.newLinkedHashMap(values.size());
    values.forEach((name, value) -> texts.put(name, of(value)));
    return texts;
  }

  private static String of(Object value) {
    return value instanceof Collection<?> list
        ? list.stream()
            .map(element -> "'" + escaped(element.toString()) + "'")
            .collect(Collectors.joining(",", "[", "]"))
        : escaped(value.toString());
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("'", "\\'")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\0", "\\0");
  }
}
