package io.prism.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The alert rules of one service, those that all have in common first. */
final class AlertRules {

  private final String service;

  AlertRules(String service) {
    this.service = service;
  }

  String group() {
    return "prism-" + service;
  }

  /** As they are written, with placeholders. */
  List<Map<String, Object>> written() throws IOException {
    return list(text());
  }

  /** As the chart puts them into a PrometheusRule, in the namespace {@code prism}. */
  List<Map<String, Object>> rendered() {
    Manifest rule =
        Charts.render(
                Charts.service(service),
                "prism",
                "prism",
                Charts.service(service).resolve("ci/minimal-values.yaml"),
                Map.of("metrics.rules.enabled", "true"))
            .stream()
            .filter(manifest -> manifest.kind().equals("PrometheusRule"))
            .findFirst()
            .orElseThrow();
    return Manifest.maps(rule.maps("spec", "groups").getFirst().get("rules"));
  }

  private String text() throws IOException {
    return common() + Files.readString(Charts.folder(group() + "/files/alerts.yaml"));
  }

  /** The template is one raw string. */
  private static String common() throws IOException {
    String template = Files.readString(Charts.folder("prism-service/templates/_alerts.tpl"));
    return template.substring(template.indexOf("{{`") + 3, template.indexOf("`}}"));
  }

  private static List<Map<String, Object>> list(String yaml) {
    return new Yaml().load(yaml);
  }
}
