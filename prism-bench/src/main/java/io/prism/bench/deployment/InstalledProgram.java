package io.prism.bench.deployment;

import io.prism.local.engine.StartException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server that is installed on the machine, since local mode brings none: the one that a variable
 * of the environment names, else the first on the path.
 *
 * @param name of its file
 * @param what people call it
 * @param variable of the environment that may name its file
 */
record InstalledProgram(String name, String what, String variable) {

  /** Why it cannot be started, if it cannot. */
  Optional<String> missing() {
    return find().isPresent()
        ? Optional.empty()
        : Optional.of(
            "no %s (expected: one on the path, or named by %s)".formatted(what, variable));
  }

  /** Its file. */
  Path require() {
    return find().orElseThrow(() -> new StartException(missing().orElseThrow()));
  }

  private Optional<Path> find() {
    String named = System.getenv(variable);
    Stream<Path> candidates =
        named != null && !named.isBlank()
            ? Stream.of(Path.of(named))
            : Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name));
    return candidates.filter(Files::isExecutable).findFirst();
  }
}
