package io.prism.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The alert rules of all services, by Prometheus' own judgement. */
final class AlertsTest {

  private static final Path CASES = Path.of("src/test/promtool").toAbsolutePath();
  private static final Path GUIDE = Path.of("../docs/operations.md").toAbsolutePath();

  /** What a ServiceMonitor gives every series, and what the metrics have that are not summed up. */
  private static final Set<String> LABELS_OF_SERIES =
      Set.of("namespace", "job", "pod", "instance", "backend", "pool");

  private static final Pattern SUMMED = Pattern.compile("by \\(([^)]*)\\)");
  private static final Pattern LABEL = Pattern.compile("\\$labels\\.(\\w+)");
  private static final Pattern SELECTOR = Pattern.compile("\\w\\{[^}]*}");
  private static final Pattern HEADING = Pattern.compile("^### (Prism\\w+)$", Pattern.MULTILINE);

  @TempDir Path folder;

  private static List<Map<String, Object>> allWritten() throws IOException {
    List<Map<String, Object>> rules = new ArrayList<>();
    for (String service : Charts.SERVICES) {
      rules.addAll(new AlertRules(service).written());
    }
    return rules;
  }

  private static Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    allWritten().forEach(rule -> names.add(text(rule, "alert")));
    return names;
  }

  private static String text(Map<String, Object> map, String key) {
    return String.valueOf(map.get(key));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> part(Map<String, Object> map, String key) {
    return (Map<String, Object>) Objects.requireNonNull(map.get(key), key);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> parts(Map<String, Object> map, String key) {
    return (List<Map<String, Object>>) Objects.requireNonNull(map.get(key), key);
  }

  /** Writes the rules as Prometheus reads them, with their annotations or without. */
  private List<Path> write(boolean annotated) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String service : Charts.SERVICES) {
      AlertRules of = new AlertRules(service);
      List<Map<String, Object>> rules = of.rendered();
      if (!annotated) {
        rules.forEach(rule -> rule.remove("annotations"));
      }
      Path file = folder.resolve(of.group() + ".yaml");
      Map<String, Object> group = Map.of("name", of.group(), "rules", rules);
      Files.writeString(file, new Yaml().dump(Map.of("groups", List.of(group))));
      files.add(file);
    }
    return files;
  }

  private static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.sorted().toList();
    }
  }

  @Test
  void prometheusTakesTheRules() throws Exception {
    Promtool.find().mustAccept("check", write(true));
  }

  /** Without annotations, whose words are nobody's business but the reader's. */
  @Test
  void alertsFireAndAreSilentAsTheCasesSay() throws Exception {
    Promtool promtool = Promtool.find();
    write(false);
    List<Path> copies = new ArrayList<>();
    for (Path file : cases()) {
      // Cases name the rules beside them.
      Path copy = folder.resolve("cases-" + file.getFileName());
      copies.add(Files.copy(file, copy));
    }
    promtool.mustAccept("test", copies);
  }

  @Test
  void eachAlertHasACaseInWhichItFiresAndOneInWhichItIsSilent() throws Exception {
    Map<Boolean, Set<String>> seen = new HashMap<>();
    for (Path file : cases()) {
      for (Map<String, Object> test : parts(read(file), "tests")) {
        for (Map<String, Object> expected : parts(test, "alert_rule_test")) {
          seen.computeIfAbsent(!parts(expected, "exp_alerts").isEmpty(), any -> new TreeSet<>())
              .add(text(expected, "alertname"));
        }
      }
    }
    assertThat(seen.get(true)).isEqualTo(names());
    assertThat(seen.get(false)).isEqualTo(names());
  }

  private static Map<String, Object> read(Path file) throws IOException {
    return new Yaml().load(Files.readString(file));
  }

  @Test
  void eachSelectorIsConfinedToTheServiceOfTheRelease() throws Exception {
    for (Map<String, Object> rule : allWritten()) {
      Matcher selectors = SELECTOR.matcher(text(rule, "expr"));
      int found = 0;
      while (selectors.find()) {
        assertThat(selectors.group()).as(text(rule, "alert")).contains("{$selector");
        found++;
      }
      assertThat(found).as(text(rule, "alert")).isPositive();
    }
  }

  @Test
  void whatAnAlertSaysNamesOnlyLabelsThatItHas() throws Exception {
    for (Map<String, Object> rule : allWritten()) {
      Matcher summed = SUMMED.matcher(text(rule, "expr"));
      Set<String> has = summed.find() ? Set.of(summed.group(1).split(", ", -1)) : LABELS_OF_SERIES;
      Matcher named = LABEL.matcher(text(rule, "annotations"));
      Set<String> wants = new HashSet<>();
      while (named.find()) {
        wants.add(named.group(1));
      }
      assertThat(has).as(text(rule, "alert")).containsAll(wants);
    }
  }

  @Test
  void eachAlertHasASeverityAndSaysWhatTheMatterIsAndWhereToReadOn() throws Exception {
    for (Map<String, Object> rule : allWritten()) {
      String alert = text(rule, "alert");
      assertThat(part(rule, "labels")).as(alert).containsOnlyKeys("severity");
      assertThat(text(part(rule, "labels"), "severity")).as(alert).isIn("critical", "warning");
      assertThat(part(rule, "annotations"))
          .as(alert)
          .containsOnlyKeys("summary", "description", "runbook_url")
          .containsEntry("runbook_url", "$runbook#" + alert.toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void theGuideExplainsEachAlertAndNoOther() throws Exception {
    Set<String> explained = new TreeSet<>();
    Matcher headings = HEADING.matcher(Files.readString(GUIDE));
    while (headings.find()) {
      explained.add(headings.group(1));
    }
    assertThat(explained).isEqualTo(names());
  }
}
