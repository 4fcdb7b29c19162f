package io.prism.bench.deployment;

import io.prism.local.engine.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A built checkout of Prism, where the programs are that get deployed.
 *
 * @param root the folder of the parent POM
 */
public record Checkout(Path root) {

  /** The one that the system property {@code prism.root} names. */
  public static Checkout named() {
    String root = System.getProperty("prism.root");
    if (root == null) {
      throw new StartException("no prism.root, expected the folder of a built checkout");
    }
    return new Checkout(Path.of(root).toAbsolutePath().normalize());
  }

  /** The runnable jar of a service. */
  Path jar(Service service) {
    return only(service.module(), service.artifact(), "-exec.jar");
  }

  /** The agent that ends a service with its parent. */
  Path parentWatch() {
    return only("prism-bench", "prism-bench", "-parent-watch.jar");
  }

  /** The folder whose {@code kafka} holds the broker's jars. */
  Path kafkaHome() {
    return root.resolve("prism-local/kafka-runtime/target");
  }

  private Path only(String module, String prefix, String suffix) {
    Path target = root.resolve(module).resolve("target");
    List<Path> found = Files.isDirectory(target) ? jars(target, prefix, suffix) : List.of();
    if (found.size() != 1) {
      throw new StartException(
          "found %d %s-*%s in %s, expected one: run ./mvnw clean package -DskipTests"
              .formatted(found.size(), prefix, suffix, target));
    }
    return found.getFirst();
  }

  private static List<Path> jars(Path folder, String prefix, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file -> {
                String name = file.getFileName().toString();
                return name.startsWith(prefix + "-") && name.endsWith(suffix);
              })
          .toList();
    } catch (IOException e) {
      throw new StartException("cannot read " + folder + ": " + e, e);
    }
  }
}
