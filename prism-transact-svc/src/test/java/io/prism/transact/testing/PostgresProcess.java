package io.prism.transact.testing;

import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.PostgresFixture.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL of a test's own, which can be stopped and started again on its data. */
public final class PostgresProcess implements AutoCloseable {

  private static final Path BINARIES = Path.of("target", "postgres").toAbsolutePath();

  private final Path data;
  private final int port = FreePort.find();
  private final EmbeddedPostgres server;

  public PostgresProcess() {
    try {
      data = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "pgdata");
      server =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(BINARIES.toFile())
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setPort(port)
              .setPGStartupWait(Duration.ofSeconds(60))
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("shared_buffers", "32MB")
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Database database() {
    return new Database(
        "postgres", server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
  }

  public int port() {
    return port;
  }

  /** Ends it, with all its sessions. */
  public void stop() {
    control("-m", "fast", "-w", "stop");
  }

  /** Starts it again on its data. */
  public void start() {
    control("-l", data.resolve("again.log").toString(), "-o", "-p " + port, "-w", "start");
  }

  private void control(String... arguments) {
    try (Stream<Path> files = Files.walk(BINARIES)) {
      Path tool =
          files
              .filter(file -> file.getFileName().toString().equals("pg_ctl"))
              .findFirst()
              .orElseThrow();
      List<String> command = new ArrayList<>();
      if (System.getProperty("user.name").equals("root")) {
        // PostgreSQL does not run as root.
        command.addAll(List.of("unshare", "-U"));
      }
      command.addAll(List.of(tool.toString(), "-D", data.toString()));
      command.addAll(List.of(arguments));
      int status =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(data.resolveSibling(data.getFileName() + ".log").toFile())
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
