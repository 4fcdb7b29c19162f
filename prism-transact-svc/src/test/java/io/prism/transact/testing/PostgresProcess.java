package io.prism.transact.testing;

import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.PostgresFixture.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A PostgreSQL of a test's own, which can be stopped and started again on its data. */
public final class PostgresProcess implements AutoCloseable {

  private final Path data;
  private final int port = FreePort.find();
  private EmbeddedPostgres server;

  public PostgresProcess() {
    try {
      data = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "pgdata");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = launch();
  }

  private EmbeddedPostgres launch() {
    try {
      return EmbeddedPostgres.builder()
          .setOverrideWorkingDirectory(Path.of("target", "postgres").toAbsolutePath().toFile())
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
    return new Database("postgres", server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
  }

  public int port() {
    return port;
  }

  /** Ends it, with all its sessions. */
  public void stop() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again on its data. */
  public void start() {
    server = launch();
  }

  @Override
  public void close() {
    stop();
  }
}
