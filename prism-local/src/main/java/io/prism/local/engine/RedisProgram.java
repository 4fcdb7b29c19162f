package io.prism.local.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Redis's server program, one file, copied from the class path into the data folder.
 *
 * <p>Never into a folder shared with others: a server is known as ours by the place of its program.
 */
final class RedisProgram {
  private static final Duration VERSION_LIMIT = Duration.ofSeconds(10);

  private RedisProgram() {}

  /** Where the class path has the program for this machine; empty when it has none. */
  static Optional<URL> forThisMachine() {
    return on(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /**
   * @param system as {@code os.name} has it
   * @param architecture as {@code os.arch} has it
   */
  static Optional<URL> on(String system, String architecture) {
    String resource = resource(system.toLowerCase(Locale.ROOT), architecture);
    return resource == null
        ? Optional.empty()
        : Optional.ofNullable(RedisProgram.class.getClassLoader().getResource(resource));
  }

  private static @Nullable String resource(String system, String architecture) {
    boolean mac = system.startsWith("mac");
    if (!mac && !system.equals("linux")) {
      return null;
    }
    return switch (architecture) {
      case "amd64", "x86_64" ->
          mac ? "redis-server-6.2.6-v5-darwin-amd64" : "redis-server-6.2.6-v5-linux-amd64";
      case "aarch64", "arm64" ->
          mac ? "redis-server-6.2.6-v5-darwin-arm64" : "redis-server-6.2.7-linux-arm64";
      default -> null;
    };
  }

  /** The program's file, copied now unless an earlier start did so. */
  static Path copiedBelow(Path folder, URL program) {
    try {
      Path file = folder.resolve("redis-server-" + checksum(program));
      if (!Files.exists(file)) {
        Files.createDirectories(folder);
        deleteAll(folder);
        Path unfinished = folder.resolve("unfinished");
        try (InputStream content = program.openStream()) {
          Files.copy(content, unfinished);
        }
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwx------"));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return file;
    } catch (IOException e) {
      throw new StartException("cannot copy Redis to " + folder + ": " + e, e);
    }
  }

  /** Why the program cannot run here, say for want of a library; empty when it can. */
  static Optional<String> refusal(Path program) throws InterruptedException {
    try {
      Process version =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      if (!version.waitFor(VERSION_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        version.destroyForcibly();
        return Optional.of("it does not even tell its version");
      }
      if (version.exitValue() == 0) {
        return Optional.empty();
      }
      String said = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Optional.of(said.strip());
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** From the jar's index, so that a start does not read the program to learn which one it is. */
  private static String checksum(URL program) throws IOException {
    if (program.openConnection() instanceof JarURLConnection jar) {
      return Long.toHexString(jar.getJarEntry().getCrc());
    }
    throw new IOException("expected " + program + " inside a jar");
  }

  private static void deleteAll(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> children = Files.list(folder)) {
      files = children.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
