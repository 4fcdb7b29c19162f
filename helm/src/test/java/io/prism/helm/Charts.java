package io.prism.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The charts of this folder, rendered by Helm itself. */
final class Charts {

  static final Path FOLDER = Path.of("").toAbsolutePath();
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

  private Charts() {}

  static Path folder(String chart) {
    return FOLDER.resolve(chart);
  }

  static Path service(String component) {
    return folder("prism-" + component);
  }

  /** The charts that can be installed. */
  static Stream<Path> installable() {
    return Stream.concat(SERVICES.stream().map(Charts::service), Stream.of(folder("prism")));
  }

  /** Every chart with every file of values in its {@code ci} folder. */
  static Stream<Case> matrix() {
    return installable().flatMap(chart -> cases(chart).stream());
  }

  private static List<Case> cases(Path chart) {
    try (Stream<Path> files = Files.list(chart.resolve("ci"))) {
      return files.sorted().map(file -> new Case(chart, file)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Manifest> render(Path chart, Path values, Map<String, String> settings) {
    return render(chart, "prism", values, settings);
  }

  static List<Manifest> render(
      Path chart, String release, Path values, Map<String, String> settings) {
    return render(chart, release, "data", values, settings);
  }

  static List<Manifest> render(
      Path chart, String release, String namespace, Path values, Map<String, String> settings) {
    TemplateCommand command =
        new Helm(chart)
            .template()
            .withName(release)
            .withNamespace(namespace)
            .withKubeVersion("1.33.0")
            .withValuesFile(values);
    settings.forEach(command::set);
    return Manifest.all(command.call());
  }

  /** One chart with one file of values. */
  record Case(Path chart, Path values) {

    List<Manifest> manifests() {
      return render(chart, values, Map.of());
    }

    @Override
    public String toString() {
      return chart.getFileName() + " with " + values.getFileName();
    }
  }
}
