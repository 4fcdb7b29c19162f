package io.prism.bench.deployment;

import io.prism.local.engine.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder of one deployment, which goes when it does.
 *
 * <p>The system gives its lock back when the holder dies, in whatever way; so a folder whose lock
 * is free is left over, and the next deployment removes it.
 */
final class RunFolder implements AutoCloseable {
  private static final String PREFIX = "run-";
  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel lock;

  private RunFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes a folder of its own below one that deployments share.
   *
   * @param stopIn stops what a killed deployment may have left running over its folder
   */
  static RunFolder below(Path parent, Consumer<Path> stopIn) {
    try {
      Path shared = Files.createDirectories(parent).toRealPath();
      removeLeftovers(shared, stopIn);
      Path path =
          Files.createTempDirectory(
              shared,
              PREFIX,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel channel = channel(path);
      if (channel.tryLock() == null) {
        throw new IOException("another process has locked " + path);
      }
      return new RunFolder(path, channel);
    } catch (IOException | UncheckedIOException e) {
      throw new StartException("cannot make a folder below " + parent + ": " + e, e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try (lock) {
      deleteRecursively(path);
    } catch (IOException | UncheckedIOException e) {
      throw new StartException("cannot remove " + path + ": " + e, e);
    }
  }

  private static void removeLeftovers(Path shared, Consumer<Path> stopIn) throws IOException {
    List<Path> runs;
    try (Stream<Path> children = Files.list(shared)) {
      runs = children.filter(child -> child.getFileName().toString().startsWith(PREFIX)).toList();
    }
    for (Path run : runs) {
      // One without a lock is just being made by somebody else.
      if (Files.exists(run.resolve(LOCK))) {
        removeIfLeft(run, stopIn);
      }
    }
  }

  private static void removeIfLeft(Path run, Consumer<Path> stopIn) throws IOException {
    try (FileChannel channel = channel(run);
        FileLock free = channel.tryLock()) {
      if (free != null) {
        stopIn.accept(run);
        deleteRecursively(run);
      }
    }
  }

  private static FileChannel channel(Path run) throws IOException {
    return FileChannel.open(run.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void deleteRecursively(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
