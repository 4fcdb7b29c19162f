package io.prism.starter.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL, started once per JVM from embedded binaries and stopped with it.
 *
 * <p>It does not sync to disk (fsync, synchronous_commit and full_page_writes are off), which makes
 * tests fast and says nothing about durability.
 */
public final class PostgresFixture {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final AtomicInteger count = new AtomicInteger();
  private static @Nullable EmbeddedPostgres server;

  private PostgresFixture() {}

  /**
   * An empty database, for Spring's {@code spring.datasource.*}.
   *
   * @param name its name on the server
   * @param url its JDBC URL
   */
  public record Database(String name, String url, String username, String password) {

    /** Cuts all clients off and lets none in, as an outage would. */
    public void cutOff() {
      execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
      execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    /** Ends what {@link #cutOff} began. */
    public void restore() {
      execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
    }
  }

  /** A new, empty database. */
  public static Database database() {
    String name = "test_" + count.incrementAndGet();
    execute("CREATE DATABASE " + name);
    return new Database(name, server().getJdbcUrl("postgres", name), "postgres", "postgres");
  }

  private static void execute(String sql) {
    try (Connection connection = server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static synchronized EmbeddedPostgres server() {
    EmbeddedPostgres running = server;
    if (running == null) {
      running = start();
      server = running;
    }
    return running;
  }

  private static EmbeddedPostgres start() {
    try {
      // The binaries are unpacked beside the classes under test: no two modules share a folder.
      EmbeddedPostgres started =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(Path.of("target", "postgres").toAbsolutePath().toFile())
              .setPGStartupWait(START_LIMIT)
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("fsync", "off")
              .setServerConfig("synchronous_commit", "off")
              .setServerConfig("full_page_writes", "off")
              .setServerConfig("max_connections", "200")
              .setServerConfig("shared_buffers", "64MB")
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started)));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(EmbeddedPostgres started) {
    try {
      started.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
