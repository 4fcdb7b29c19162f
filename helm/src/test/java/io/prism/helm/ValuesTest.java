package io.prism.helm;

import static io.prism.helm.Manifest.map;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Schemas and their page are written from one place; {@code -Dprism.docs.update=true} writes them.
 */
class ValuesTest {

  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final ValuesSchema schema = new ValuesSchema();

  @Test
  void theSchemasOfAllChartsAreThoseOfTheirParts() throws IOException {
    for (String component : Charts.SERVICES) {
      assertWritten(
          Charts.service(component).resolve("values.schema.json"),
          JSON.toJson(schema.ofService(component)) + "\n");
    }
    assertWritten(Charts.folder("prism/values.schema.json"), JSON.toJson(schema.ofSuite()) + "\n");
  }

  @Test
  void thePageOfValuesIsThatOfTheSchemas() throws IOException {
    assertWritten(
        Charts.FOLDER.resolveSibling("docs/helm-values.md"), new ValuesReference().text());
  }

  @Test
  void everythingThatCanBeSetHasADefaultAndTheOtherWayRound() {
    Map<String, Object> defaults = ServiceDefinition.yaml("prism-service/templates/_defaults.tpl");
    Map<String, Object> described = new LinkedHashMap<>(schema.common);
    described.putAll(schema.stores);

    assertSameKeys("", described, defaults);
    for (String component : Charts.SERVICES) {
      assertThat(ServiceDefinition.yaml("prism-" + component + "/values.yaml").keySet())
          .containsAll(schema.ownOf(component).keySet());
    }
  }

  private static void assertSameKeys(
      String path, Map<String, Object> described, Map<String, Object> defaults) {
    assertThat(new TreeSet<>(defaults.keySet()))
        .as("keys below '%s'", path)
        .isEqualTo(new TreeSet<>(described.keySet()));
    described.forEach(
        (key, property) -> {
          assertThat(map(property).values()).as(path + key).isNotEmpty().doesNotContainNull();
          if (map(property).get("properties") instanceof Map<?, ?> inner
              && !key.equals("resources")) {
            assertSameKeys(path + key + ".", map(inner), map(defaults.get(key)));
          }
        });
  }

  private static void assertWritten(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("prism.docs.update")) {
      Files.writeString(file, expected);
    }
    assertThat(Files.readString(file))
        .as("%s (write it with -Dprism.docs.update=true)", file.getFileName())
        .isEqualTo(expected);
  }
}
