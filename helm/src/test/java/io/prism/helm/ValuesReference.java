package io.prism.helm;

import static io.prism.helm.Manifest.map;

import com.google.gson.Gson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page with all values of the charts. */
final class ValuesReference {

  private static final Gson JSON = new Gson();
  private static final Map<String, Object> SECRET_FIELDS =
      Map.of(
          "existingSecret", Map.of("type", "string"),
          "key", Map.of("type", "string", "description", "Its key."));

  private final ValuesSchema schema = new ValuesSchema();
  private final Map<String, Object> defaults =
      ServiceDefinition.yaml("prism-service/templates/_defaults.tpl");
  private final StringBuilder page = new StringBuilder();

  String text() {
    page.append(
        """
        # Values of the charts

        Each service has a chart of its own, `helm/prism-<service>`, and `helm/prism` installs those of them whose `<service>.enabled` is true. In
        the suite's chart a value stands under the service's name, for that service alone, or under `global.prism`, for all that have it; what
        a service is given itself wins. A key that is not here, or a value of another type or out of its range, is refused. How
        to use them is in [kubernetes.md](kubernetes.md). This page is written from the charts' schema.

        ## Every service

        """);
    table(schema.common, defaults);
    page.append(
        """

        ## Stores

        No chart brings a store. A service has the blocks of those that it uses:

        | service | blocks |
        |---|---|
        """);
    for (String component : Charts.SERVICES) {
      List<String> blocks = ServiceDefinition.of(component).blocks();
      page.append(
          "| %s | %s |\n"
              .formatted(
                  component,
                  String.join(", ", blocks.stream().map(block -> "`" + block + "`").toList())));
    }
    page.append('\n');
    table(schema.stores, defaults);
    page.append("\n## One service alone\n");
    for (String component : Charts.SERVICES) {
      Map<String, Object> values = ServiceDefinition.yaml("prism-" + component + "/values.yaml");
      if (!values.isEmpty()) {
        Map<String, Object> properties = new LinkedHashMap<>();
        values
            .keySet()
            .forEach(
                key ->
                    properties.put(
                        key,
                        schema.ownOf(component).containsKey(key)
                            ? schema.ownOf(component).get(key)
                            : schema.common.get(key)));
        page.append("\n### ").append(component).append("\n\n");
        table(properties, values);
      }
    }
    return page.toString();
  }

  private void table(Map<String, Object> properties, Map<String, Object> values) {
    page.append("| value | type | default | |\n|---|---|---|---|\n");
    properties.forEach((name, property) -> row(name, map(property), values.get(name)));
  }

  private void row(String name, Map<String, Object> property, @Nullable Object value) {
    if ("#/$defs/secret".equals(property.get("$ref"))) {
      line(name, Map.of("type", "map", "description", property.get("description")), "");
      SECRET_FIELDS.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(
              field ->
                  row(
                      name + "." + field.getKey(),
                      map(field.getValue()),
                      map(value).get(field.getKey())));
    } else if (property.get("properties") instanceof Map<?, ?> inner && !name.equals("resources")) {
      if (property.containsKey("description")) {
        line(name, property, "");
      }
      map(inner).forEach((key, nested) -> row(name + "." + key, map(nested), map(value).get(key)));
    } else {
      line(
          name,
          property,
          value == null || value.equals("")
              ? ""
              : "`" + (value instanceof String text ? text : JSON.toJson(value)) + "`");
    }
  }

  private void line(String name, Map<String, Object> property, String value) {
    String type = ValuesSchema.typeOf(property);
    Object description = property.getOrDefault("description", "Name of a Secret.");
    page.append("| `%s` | %s | %s | %s |\n".formatted(name, type, value, description));
  }
}
