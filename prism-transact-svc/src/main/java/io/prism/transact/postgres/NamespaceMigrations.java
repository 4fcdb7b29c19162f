package io.prism.transact.postgres;

import io.prism.relational.SchemaName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the tables of namespaces up to date from a folder that has a sub-folder of Flyway's SQL
 * files for each.
 *
 * <p>A namespace whose migration fails is left as the last good one made it, and served so: what
 * its clients had before, they still have, and the other namespaces are none the worse. The log and
 * the number of failures say it.
 */
public final class NamespaceMigrations {

  private static final Logger log = LoggerFactory.getLogger(NamespaceMigrations.class);
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

  /** Two replicas that make the same schema at once would fail, hence one after the other. */
  private static final long LOCK = MailboxRows.hash("migrations");

  private final AtomicInteger failed = new AtomicInteger();

  /** How many namespaces are not up to date. */
  public int failed() {
    return failed.get();
  }

  /**
   * Migrates each namespace of the folder.
   *
   * @throws UncheckedIOException when there is no such folder
   */
  public void migrate(DataSource dataSource, Path folder) {
    List<Path> namespaces;
    try (Stream<Path> entries = Files.list(folder)) {
      namespaces =
          entries
              .filter(Files::isDirectory)
              .filter(NamespaceMigrations::isVisible)
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("prism.transact.migrations: " + folder, e);
    }
    try (Connection lock = dataSource.getConnection();
        Statement statement = lock.createStatement()) {
      statement.execute("select pg_advisory_lock(" + LOCK + ")");
      try {
        namespaces.forEach(namespace -> migrateNamespace(dataSource, namespace));
      } finally {
        statement.execute("select pg_advisory_unlock(" + LOCK + ")");
      }
    } catch (SQLException e) {
      throw new IllegalStateException("migrations of namespaces cannot be run", e);
    }
  }

  /** A mounted ConfigMap has entries such as {@code ..data}. */
  private static boolean isVisible(Path folder) {
    return !folder.getFileName().toString().startsWith(".");
  }

  private void migrateNamespace(DataSource dataSource, Path folder) {
    String namespace = folder.getFileName().toString();
    if (!NAMESPACE.matcher(namespace).matches()) {
      failed.incrementAndGet();
      log.error("{} is not migrated: '{}' is not the name of a namespace", folder, namespace);
      return;
    }
    String schema = SchemaName.of(namespace).name();
    try {
      int done =
          Flyway.configure()
              .dataSource(dataSource)
              .schemas(schema)
              .createSchemas(true)
              // Else a file whose name is misspelt would be left out without a word.
              .validateMigrationNaming(true)
              .locations("filesystem:" + folder.toAbsolutePath())
              .load()
              .migrate()
              .migrationsExecuted;
      log.info("namespace {}: {} migrations applied", namespace, done);
    } catch (FlywayException e) {
      failed.incrementAndGet();
      log.error(
          "namespace {} is not up to date, a migration of {} failed: {}",
          namespace,
          folder,
          e.getMessage());
    }
  }
}
