package io.prism.vector.lucene;

import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.Metric;
import java.util.Map;

/** What is fixed of an index, as it is written down with each commit. */
final class ShapeData {

  private static final String VERSION = "version";
  private static final String DIMENSIONS = "dimensions";
  private static final String METRIC = "metric";
  private static final String LINKS = "links";
  private static final String THIS_VERSION = "1";

  private ShapeData() {}

  static Map<String, String> of(IndexShape shape) {
    return Map.of(
        VERSION,
        THIS_VERSION,
        DIMENSIONS,
        Integer.toString(shape.dimensions()),
        METRIC,
        shape.metric().name(),
        LINKS,
        Integer.toString(shape.links()));
  }

  static IndexShape parse(Map<String, String> data) {
    if (!THIS_VERSION.equals(data.get(VERSION))) {
      throw new IllegalStateException("an index of another version of this service");
    }
    return new IndexShape(
        Integer.parseInt(field(data, DIMENSIONS)),
        Metric.valueOf(field(data, METRIC)),
        Integer.parseInt(field(data, LINKS)),
        Double.POSITIVE_INFINITY);
  }

  private static String field(Map<String, String> data, String name) {
    String value = data.get(name);
    if (value == null) {
      throw new IllegalStateException("an index without " + name);
    }
    return value;
  }
}
