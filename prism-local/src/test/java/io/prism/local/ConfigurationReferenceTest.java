package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** {@code docs/configuration.md} is written from the metadata of the properties, never by hand. */
class ConfigurationReferenceTest {

  private static final Path REFERENCE = Path.of("..", "docs", "configuration.md");
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Metadata(List<Property> properties) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Property(
      String name,
      @Nullable String type,
      @Nullable String description,
      @Nullable Object defaultValue) {}

  @Test
  void theReferenceIsWhatThePropertiesSay() throws IOException {
    String expected = render(properties());
    if (Boolean.getBoolean("prism.docs.update")) {
      Files.writeString(REFERENCE, expected);
    }
    assertThat(Files.readString(REFERENCE))
        .as("docs/configuration.md; rewrite it with -Dprism.docs.update=true")
        .isEqualTo(expected);
  }

  @Test
  void everyPropertyIsDescribed() throws IOException {
    assertThat(properties())
        .isNotEmpty()
        .allSatisfy(
            property ->
                assertThat(property.description()).as(property.name()).isNotNull().isNotBlank());
  }

  private static List<Property> properties() throws IOException {
    List<Property> found = new ArrayList<>();
    List<URL> files =
        Collections.list(ConfigurationReferenceTest.class.getClassLoader().getResources(METADATA));
    for (URL file : files) {
      try (InputStream content = file.openStream()) {
        Metadata metadata = JsonMapper.shared().readValue(content, Metadata.class);
        metadata.properties().stream()
            .filter(property -> property.name().startsWith("prism."))
            .forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found.stream().distinct().sorted(Comparator.comparing(Property::name)).toList();
  }

  private static String render(List<Property> properties) {
    Map<String, List<Property>> groups =
        properties.stream()
            .collect(
                Collectors.groupingBy(
                    property -> group(property.name()), TreeMap::new, Collectors.toList()));
    StringBuilder text =
        new StringBuilder(
            """
            # Configuration

            Every property of Prism's own. Each may be given as an environment variable too, in capitals with `_` for `.` and
            without `-`: `prism.call.drain-delay` is `PRISM_CALL_DRAINDELAY`. Durations are written `500ms`, `10s`, `5m`;
            sizes `64KB`, `8MB`. Stores are configured by the usual properties of Spring Boot (`spring.datasource.*`,
            `spring.kafka.*`, `spring.data.redis.*`), TLS by its SSL bundles (`spring.ssl.bundle.*`). This page is written from the code.
            """);
    groups.forEach(
        (group, members) -> {
          text.append("\n## ")
              .append(group)
              .append("\n\n| property | type | default | |\n|---|---|---|---|\n");
          members.forEach(property -> text.append(row(property)));
        });
    return text.toString();
  }

  private static String group(String name) {
    String[] parts = name.split("\\.", -1);
    return parts[0] + "." + parts[1];
  }

  private static String row(Property property) {
    Object value = property.defaultValue();
    String standard =
        switch (value) {
          case null -> "";
          case List<?> list when list.isEmpty() -> "";
          case List<?> list ->
              "`" + list.stream().map(String::valueOf).collect(Collectors.joining(", ")) + "`";
          default -> "`" + value + "`";
        };
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            property.name(), shortName(property.type()), standard, text(property.description()));
  }

  private static String text(@Nullable String javadoc) {
    return String.valueOf(javadoc)
        .replaceAll("\\{@code ([^}]*)}", "`$1`")
        .replace("|", "\\|")
        .replace("\n", " ");
  }

  private static String shortName(@Nullable String type) {
    return type == null
        ? ""
        : type.replaceAll("[a-z]+\\.", "").replace("$", ".").replaceAll("[<>]", " ").strip();
  }
}
