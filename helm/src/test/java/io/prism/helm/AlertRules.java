package io.prism.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The alert rules of one service, those that all have in common first. */
final class AlertRules {

  static final List<String> SERVICES =
      List.of(
          "session",
          "queue",
          "pubsub",
          "reader",
          "transact",
          "cache",
          "timeseries",
          "objectstore",
          "vector");

  static final String RUNBOOK = "https://github.com/prism/prism/blob/main/docs/operations.md";

  private static final Path CHARTS = Path.of("").toAbsolutePath();

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

  /** As Prometheus gets them. */
  List<Map<String, Object>> rendered() throws IOException {
    String selector = "namespace=\"prism\",job=\"" + group() + "\"";
    return list(text().replace("$selector", selector).replace("$runbook", RUNBOOK));
  }

  private String text() throws IOException {
    return common() + Files.readString(CHARTS.resolve(group() + "/files/alerts.yaml"));
  }

  /** The template is one raw string. */
  private static String common() throws IOException {
    String template = Files.readString(CHARTS.resolve("prism-service/templates/_alerts.tpl"));
    return template.substring(template.indexOf("{{`") + 3, template.indexOf("`}}"));
  }

  private static List<Map<String, Object>> list(String yaml) {
    return new Yaml().load(yaml);
  }
}
