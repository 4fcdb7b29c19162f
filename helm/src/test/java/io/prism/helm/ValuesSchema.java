package io.prism.helm;

import static io.prism.helm.Manifest.map;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The schemas of the charts' values, put together of the parts in {@code schema}. */
final class ValuesSchema {

  final Map<String, Object> common = ServiceDefinition.yaml("schema/common.yaml");
  final Map<String, Object> stores = ServiceDefinition.yaml("schema/stores.yaml");
  final Map<String, Object> own = ServiceDefinition.yaml("schema/own.yaml");

  Map<String, Object> ofService(String component) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(
        "enabled",
        ordered("type", "boolean", "description", "Whether the suite has this service."));
    properties.putAll(common);
    for (String block : ServiceDefinition.of(component).blocks()) {
      properties.put(block, Objects.requireNonNull(stores.get(block), block));
    }
    properties.putAll(ownOf(component));
    properties.put("global", global());
    // What Helm adds of the library chart.
    properties.put("prism-service", ordered("type", "object"));
    return schema("Values of prism-" + component, properties);
  }

  Map<String, Object> ofSuite() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("global", global());
    Charts.SERVICES.forEach(
        component ->
            properties.put(
                component,
                ordered(
                    "type",
                    "object",
                    "description",
                    "Values of prism-" + component + ", whose own schema checks them.")));
    return schema("Values of prism", properties);
  }

  Map<String, Object> ownOf(String component) {
    return map(own.get(component));
  }

  /** Others' charts may have their own part in what is global. */
  private Map<String, Object> global() {
    Map<String, Object> all = new LinkedHashMap<>(common);
    all.putAll(stores);
    return ordered(
        "type",
        "object",
        "properties",
        ordered(
            "prism",
            closed(
                ordered(
                    "type",
                    "object",
                    "description",
                    "Values for all services that have them.",
                    "properties",
                    all))));
  }

  private static Map<String, Object> schema(String title, Map<String, Object> properties) {
    Map<String, Object> schema =
        ordered(
            "$schema",
            "https://json-schema.org/draft/2020-12/schema",
            "title",
            title,
            "type",
            "object",
            "properties",
            properties);
    Map<String, Object> closed = closed(schema);
    closed.put(
        "$defs",
        new TreeMap<>(
            Map.of(
                "port", ordered("type", "integer", "minimum", 1, "maximum", 65535),
                "strings",
                    ordered("type", "object", "additionalProperties", ordered("type", "string")),
                "secret",
                    closed(
                        ordered(
                            "type",
                            "object",
                            "properties",
                            ordered(
                                "existingSecret", ordered("type", "string"),
                                "key", ordered("type", "string", "minLength", 1)))))));
    return closed;
  }

  /** The schema, in which no object has keys that are not named; {@code global} has. */
  private static Map<String, Object> closed(Map<String, Object> schema) {
    Map<String, Object> closed = new LinkedHashMap<>(schema);
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      Map<String, Object> inner = new LinkedHashMap<>();
      map(properties)
          .forEach(
              (name, value) -> inner.put(name, name.equals("global") ? value : closed(map(value))));
      closed.put("properties", inner);
      closed.put("additionalProperties", false);
    }
    return closed;
  }

  private static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
    }
    return map;
  }

  /** The names of what a value may be, for readers. */
  static String typeOf(Map<String, Object> schema) {
    if (schema.get("enum") instanceof List<?> choices) {
      return String.join(", ", choices.stream().map(choice -> "`" + choice + "`").toList());
    }
    if (schema.get("$ref") instanceof String reference) {
      return switch (reference) {
        case "#/$defs/port" -> "integer, 1 to 65535";
        case "#/$defs/strings" -> "map of strings";
        default -> throw new IllegalArgumentException(reference);
      };
    }
    String type =
        schema.get("type") instanceof List<?> types
            ? String.join(" or ", types.stream().map(Object::toString).toList())
            : Objects.toString(schema.get("type"));
    type = type.equals("array") ? "list" : type.equals("object") ? "map" : type;
    return schema.containsKey("maximum")
        ? type + ", " + schema.get("minimum") + " to " + schema.get("maximum")
        : type;
  }
}
