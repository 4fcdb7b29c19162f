package io.prism.objectstore.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Files by names of their own: one per object, however that is called. A file is written elsewhere,
 * forced to the disk, and moved to its place, so what is in its place is whole.
 */
final class BlobFolder {

  private static final String BLOBS = "blobs";
  private static final String INCOMPLETE = "incomplete";
  private static final int FAN_OUT = 2;

  private final Path blobs;
  private final Path incomplete;

  BlobFolder(Path folder) throws IOException {
    blobs = Files.createDirectories(folder.resolve(BLOBS));
    incomplete = Files.createDirectories(folder.resolve(INCOMPLETE));
  }

  static String newName() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** A file to write, that is no object's yet. */
  FileChannel create(String name) throws IOException {
    return FileChannel.open(
        incomplete.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Puts a file that was written, forced and closed in its place. */
  void place(String name) throws IOException {
    Path parent = Files.createDirectories(parent(name));
    Files.move(incomplete.resolve(name), parent.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    force(parent);
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  void discard(String name) throws IOException {
    Files.deleteIfExists(incomplete.resolve(name));
  }

  /**
   * A file to read. Whoever has it open reads on though it be deleted.
   *
   * @throws NoSuchFileException when it is not there any more
   */
  FileChannel open(String name) throws IOException {
    return FileChannel.open(path(name), StandardOpenOption.READ);
  }

  void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  private Path path(String name) {
    return parent(name).resolve(name);
  }

  private Path parent(String name) {
    return blobs.resolve(name.substring(0, FAN_OUT));
  }

  /** Deletes files that nobody has gone on writing since then; returns how many. */
  int discardOlderThan(Instant then) throws IOException {
    int discarded = 0;
    try (Stream<Path> files = Files.list(incomplete)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (isOlder(file, then) && Files.deleteIfExists(file)) {
          discarded++;
        }
      }
    }
    return discarded;
  }

  /** Tells the names of files that were put in place before then. */
  void olderThan(Instant then, Consumer<String> name) throws IOException {
    try (Stream<Path> files = Files.walk(blobs, 2)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.isRegularFile(file) && isOlder(file, then)) {
          name.accept(file.getFileName().toString());
        }
      }
    }
  }

  private static boolean isOlder(Path file, Instant then) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(then);
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
