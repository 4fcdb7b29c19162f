package io.prism.helm;

import static io.prism.helm.Manifest.map;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

/** What the charts write into configuration files is what services read. */
class ConfigurationTest {

  /** The type of each property that Prism or Spring Boot describes. */
  private static final Map<String, String> KNOWN = new HashMap<>();

  @BeforeAll
  static void readDescriptions() throws IOException {
    for (URL url :
        Collections.list(
            ConfigurationTest.class
                .getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
      try (Reader reader = new InputStreamReader(url.openStream(), StandardCharsets.UTF_8)) {
        for (JsonElement property :
            JsonParser.parseReader(reader).getAsJsonObject().getAsJsonArray("properties")) {
          JsonObject description = property.getAsJsonObject();
          KNOWN.put(
              description.get("name").getAsString(),
              description.has("type") ? description.get("type").getAsString() : "");
        }
      }
    }
  }

  static Stream<Charts.Case> matrix() {
    return Charts.matrix();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void everyPropertyIsOneThatIsDescribed(Charts.Case example) {
    for (Manifest manifest : example.manifests()) {
      if (manifest.kind().equals("ConfigMap") && !manifest.name().endsWith("-dashboard")) {
        properties(manifest)
            .keySet()
            .forEach(name -> assertThat(isKnown(name)).as("%s in %s", name, manifest).isTrue());
      }
    }
  }

  @Test
  void whatIsSetByHandWinsOverWhatFollows() {
    Map<String, Object> properties =
        properties(
            configurationOf(
                Charts.render(
                    Charts.service("queue"),
                    Charts.service("queue").resolve("ci/minimal-values.yaml"),
                    Map.of("properties.prism.session.jwks-uri", "http://elsewhere/jwks"))));

    assertThat(properties)
        .containsEntry("prism.session.jwks-uri", "http://elsewhere/jwks")
        .containsEntry("prism.session.feed.address", "dns:///prism-session:8980")
        .containsEntry("prism.peer.addresses[0]", "prism-queue-peers:8980")
        .containsEntry("spring.kafka.bootstrap-servers", "kafka.databases:9092");
  }

  @Test
  void withTlsKeysAreFetchedOverItAndTheFeedUsesIt() {
    Map<String, Object> properties =
        properties(
            configurationOf(
                Charts.render(
                    Charts.service("queue"),
                    Charts.service("queue").resolve("ci/full-values.yaml"),
                    Map.of())));

    assertThat(properties)
        .containsEntry("prism.session.jwks-uri", "https://prism-session:8981/.well-known/jwks.json")
        .containsEntry("prism.session.feed.tls", "true")
        .containsEntry("prism.tls.bundle", "prism")
        .containsEntry("server.ssl.bundle", "prism")
        .containsEntry("spring.ssl.bundle.pem.prism.reload-on-update", "true");
  }

  @Test
  void aValueOfTheServiceWinsOverOneOfAllAndThatOverTheDefault() {
    List<Manifest> manifests =
        Charts.render(
            Charts.folder("prism"),
            Charts.folder("prism").resolve("ci/minimal-values.yaml"),
            Map.of(
                "global.prism.shutdown.drainSeconds", "10",
                "global.prism.disruptionBudget.enabled", "false",
                "queue.shutdown.drainSeconds", "15",
                "cache.disruptionBudget.enabled", "true"));

    assertThat(drainOf("prism-session", manifests)).isEqualTo("10s");
    assertThat(drainOf("prism-queue", manifests)).isEqualTo("15s");
    assertThat(InvariantsTest.names(manifests))
        .contains("PodDisruptionBudget prism-cache")
        .doesNotContain("PodDisruptionBudget prism-queue");
  }

  private static String drainOf(String name, List<Manifest> manifests) {
    return Manifest.text(
        properties(
            manifests.stream()
                .filter(m -> m.kind().equals("ConfigMap") && m.name().equals(name))
                .findFirst()
                .orElseThrow()),
        "prism.call.drain-timeout");
  }

  private static Manifest configurationOf(List<Manifest> manifests) {
    return manifests.stream().filter(m -> m.kind().equals("ConfigMap")).findFirst().orElseThrow();
  }

  /** As Spring Boot reads the file: what a later document says wins. */
  private static Map<String, Object> properties(Manifest configMap) {
    Map<String, Object> properties = new TreeMap<>();
    map(configMap.get("data"))
        .forEach(
            (file, text) -> {
              YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
              yaml.setResources(
                  new ByteArrayResource(text.toString().getBytes(StandardCharsets.UTF_8)));
              Objects.requireNonNull(yaml.getObject())
                  .forEach((name, value) -> properties.put(name.toString(), value.toString()));
            });
    return properties;
  }

  private static boolean isKnown(String name) {
    String plain = name.replaceAll("\\[\\d+]", "");
    if (KNOWN.containsKey(plain)) {
      return true;
    }
    for (int dot = plain.lastIndexOf('.'); dot > 0; dot = plain.lastIndexOf('.', dot - 1)) {
      String type = KNOWN.get(plain.substring(0, dot));
      if (type != null) {
        return type.startsWith("java.util.Map");
      }
    }
    return false;
  }
}
