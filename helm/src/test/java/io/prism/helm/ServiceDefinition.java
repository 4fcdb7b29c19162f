package io.prism.helm;

import static io.prism.helm.Manifest.map;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What a chart says of its service, in {@code templates/_definition.tpl}. */
record ServiceDefinition(String component, List<String> stores, boolean migrates) {

  static ServiceDefinition of(String component) {
    Map<String, Object> definition = yaml("prism-" + component + "/templates/_definition.tpl");
    return new ServiceDefinition(
        component,
        strings(Objects.requireNonNull(definition.get("stores"))),
        Boolean.TRUE.equals(definition.get("migrates")));
  }

  /** A file of YAML, without the lines of it that are Helm's. */
  static Map<String, Object> yaml(String file) {
    try {
      String text =
          Files.readString(Charts.folder(file))
              .lines()
              .filter(line -> !line.startsWith("{{"))
              .collect(Collectors.joining("\n"))
              .replaceAll("\\{\\{ .service.component }}", "<service>");
      return map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks of values that name its stores. */
  List<String> blocks() {
    return migrates ? Stream.concat(stores.stream(), Stream.of("migrations")).toList() : stores;
  }

  @SuppressWarnings("unchecked")
  private static List<String> strings(Object list) {
    return (List<String>) list;
  }
}
