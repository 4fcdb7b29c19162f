package io.prism.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A service is the same in a release of its own and in one of the whole suite. */
class ReleasesTest {

  @Test
  void aServiceInAReleaseOfItsOwnHasTheNamesThatItHasInTheSuite() {
    List<Manifest> suite =
        Charts.render(
            Charts.folder("prism"),
            "shop",
            Charts.folder("prism").resolve("ci/minimal-values.yaml"),
            Map.of());
    List<Manifest> alone = new ArrayList<>();
    for (String component : Charts.SERVICES) {
      alone.addAll(
          Charts.render(
              Charts.service(component),
              "shop-" + component,
              Charts.service(component).resolve("ci/minimal-values.yaml"),
              Map.of()));
    }

    assertThat(InvariantsTest.names(alone))
        .containsExactlyInAnyOrderElementsOf(InvariantsTest.names(suite));
    assertThat(configurations(alone)).isEqualTo(configurations(suite));
  }

  @Test
  void onlyWhatIsEnabledIsInstalled() {
    List<Manifest> manifests =
        Charts.render(
            Charts.folder("prism"),
            Charts.folder("prism").resolve("ci/some-values.yaml"),
            Map.of());

    assertThat(manifests.stream().filter(m -> m.kind().equals("Deployment")).map(Manifest::name))
        .containsExactlyInAnyOrder("prism-session", "prism-reader");
  }

  @Test
  void aChangeOfTheConfigurationMakesNewPods() {
    assertThat(annotation(Map.of())).isEqualTo(annotation(Map.of()));
    assertThat(annotation(Map.of("properties.prism.queue.max-batch", "7")))
        .isNotEqualTo(annotation(Map.of()));
  }

  @Test
  void theImagesAreThoseOfThisVersion() throws Exception {
    Matcher version =
        Pattern.compile("<artifactId>prism-parent</artifactId>\\s*<version>([^<]+)</version>")
            .matcher(Files.readString(Charts.FOLDER.resolveSibling("pom.xml")));

    assertThat(version.find()).isTrue();
    Charts.installable()
        .forEach(
            chart ->
                assertThat(ServiceDefinition.yaml(chart.getFileName() + "/Chart.yaml"))
                    .containsEntry("appVersion", version.group(1)));
  }

  private static Map<String, Object> configurations(List<Manifest> manifests) {
    Map<String, Object> data = new TreeMap<>();
    manifests.stream()
        .filter(m -> m.kind().equals("ConfigMap"))
        .forEach(m -> data.put(m.name(), m.get("data")));
    return data;
  }

  private static String annotation(Map<String, String> settings) {
    return Charts.render(
            Charts.service("queue"),
            Charts.service("queue").resolve("ci/minimal-values.yaml"),
            settings)
        .stream()
        .filter(m -> m.kind().equals("Deployment"))
        .findFirst()
        .orElseThrow()
        .text("spec", "template", "metadata", "annotations", "prism.io/configuration");
  }
}
