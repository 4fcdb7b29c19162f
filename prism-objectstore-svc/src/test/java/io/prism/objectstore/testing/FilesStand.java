package io.prism.objectstore.testing;

import io.prism.starter.testing.PostgresFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** A folder for objects, and a database for their index. */
public final class FilesStand {

  private final PostgresFixture.Database database = PostgresFixture.database();
  private final Path folder;

  public FilesStand() {
    try {
      folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "objects");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a service over it is configured with. */
  public List<String> properties() {
    return List.of(
        "prism.objectstore.store=files",
        "prism.objectstore.files.folder=" + folder,
        "spring.datasource.url=" + database.url(),
        "spring.datasource.username=" + database.username(),
        "spring.datasource.password=" + database.password());
  }

  /** Runs a statement past the service. */
  public void execute(String sql) {
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.username(), database.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public PostgresFixture.Database database() {
    return database;
  }

  /** Files of objects. */
  public List<Path> blobs() {
    return files("blobs");
  }

  /** Files of uploads that are not whole. */
  public List<Path> incomplete() {
    return files("incomplete");
  }

  public Path folder() {
    return folder;
  }

  private List<Path> files(String name) {
    try (Stream<Path> files = Files.walk(folder.resolve(name))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
