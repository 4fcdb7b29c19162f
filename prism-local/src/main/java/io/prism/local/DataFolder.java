package io.prism.local;

import io.prism.local.engine.StartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.springframework.util.FileSystemUtils;

/**
 * The folder that holds all that is kept, owned by one process at a time.
 *
 * <p>The system gives the lock back when its holder dies, in whatever way; the files beside it are
 * for people and scripts: {@code prism.pid} holds the process id from the start, {@code
 * prism.ready} holds it again from the moment the services answer. Temporary files of the process
 * belong into {@code tmp}, which is empty at each start.
 */
final class DataFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private DataFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the folder when there is none, and takes it.
   *
   * @param address told to whoever tries to take the folder meanwhile
   * @throws StartException when another process has it
   */
  static DataFolder take(Path folder, String address) {
    try {
      Path path = createPrivate(folder).toRealPath();
      FileChannel channel =
          FileChannel.open(
              path.resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      FileLock held = channel.tryLock();
      if (held == null) {
        channel.close();
        throw new StartException(
            "Prism is already running (%s, data %s)".formatted(holder(path), path));
      }
      DataFolder taken = new DataFolder(path, channel);
      taken.announce(address);
      return taken;
    } catch (IOException e) {
      throw new StartException("cannot use the data folder " + folder + ": " + e, e);
    }
  }

  Path path() {
    return path;
  }

  /** Tells scripts that are waiting that the services answer. */
  void ready() {
    try {
      Files.writeString(path.resolve("prism.ready"), pid() + "\n");
    } catch (IOException e) {
      throw new StartException("cannot write to the data folder " + path + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try (lock) {
      Files.deleteIfExists(path.resolve("prism.ready"));
      Files.deleteIfExists(path.resolve("prism.pid"));
    } catch (IOException e) {
      throw new StartException("cannot give back the data folder " + path + ": " + e, e);
    }
  }

  private void announce(String address) throws IOException {
    // What a killed process has unpacked there, a database engine of 70 MB among it.
    FileSystemUtils.deleteRecursively(path.resolve("tmp"));
    Files.createDirectory(path.resolve("tmp"));
    Files.deleteIfExists(path.resolve("prism.ready"));
    Files.writeString(path.resolve("prism.pid"), pid() + "\n");
    String holder = pid() + " " + address + "\n";
    lock.truncate(0);
    lock.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
  }

  /** Data is nobody else's business on a machine with several users. */
  private static Path createPrivate(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    return Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** The text of a holder that is gone stands there until the next one has written its own. */
  private static String holder(Path path) throws IOException {
    String text = Files.readString(path.resolve("lock")).strip();
    int space = text.indexOf(' ');
    return space > 0 && ProcessHandle.of(Long.parseLong(text.substring(0, space))).isPresent()
        ? "pid " + text.substring(0, space) + ", address " + text.substring(space + 1)
        : "just starting";
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }
}
