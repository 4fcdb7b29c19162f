package io.prism.local.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * A broker that formats its storage on the first start and ends with the process that started it.
 *
 * <p>The working directory holds {@code server.properties}, whose {@code log.dirs} must be {@value
 * #LOG_FOLDER}.
 */
public final class Broker {
  private static final String LOG_FOLDER = "log";

  private Broker() {}

  public static void main(String[] arguments) throws IOException {
    exitWithParent(System.in);
    Path properties = Path.of(arguments[0]);
    formatOnce(properties);
    Kafka.main(new String[] {properties.toString()});
  }

  /** The parent holds the other end of standard input, so its end is seen even after a kill -9. */
  private static void exitWithParent(InputStream parent) {
    Thread.ofPlatform()
        .name("parent-watch")
        .daemon()
        .start(
            () -> {
              try {
                parent.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("lost the parent process: " + e);
              }
              System.exit(0);
            });
  }

  /** A process killed while formatting leaves storage that no broker has used: it is made anew. */
  private static void formatOnce(Path properties) throws IOException {
    Path marker = Path.of("formatted");
    if (Files.exists(marker)) {
      return;
    }
    deleteRecursively(Path.of(LOG_FOLDER));
    String[] format = {
      "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", properties.toString()
    };
    int status = StorageTool.execute(format, System.out);
    if (status != 0) {
      throw new IOException("formatting the storage ended with status " + status + ", expected 0");
    }
    Files.createFile(marker);
  }

  private static void deleteRecursively(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      paths
          .sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
