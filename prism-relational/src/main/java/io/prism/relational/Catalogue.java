package io.prism.relational;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.prism.starter.backend.BackendGuard;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.sql.DataSource;

/**
 * What tables and views namespaces have. Remembered for a short time, so a change of the schema is
 * seen within that time, or at once after {@link #forget}. Thread-safe.
 *
 * <p>Names are only compared with what the namespace's own schema holds: no name reaches another
 * schema. Names that begin with {@code prism_} or {@code flyway_} are Prism's own and not there.
 */
public final class Catalogue {

  private static final Duration REMEMBERED = Duration.ofSeconds(30);
  private static final Duration ABSENCE_REMEMBERED = Duration.ofSeconds(1);
  private static final int MAX_REMEMBERED = 10_000;
  private static final int MAX_NAME_LENGTH = 63;
  private static final List<String> OWN_PREFIXES = List.of("prism_", "flyway_");

  private final DataSource dataSource;
  private final BackendGuard guard;
  private final Cache<Key, Optional<Table>> remembered =
      Caffeine.newBuilder()
          .maximumSize(MAX_REMEMBERED)
          .expireAfter(
              Expiry.<Key, Optional<Table>>creating(
                  (key, table) -> table.isPresent() ? REMEMBERED : ABSENCE_REMEMBERED))
          .build();

  /** What is being read just now. */
  private final ConcurrentMap<Key, CompletableFuture<Optional<Table>>> loads =
      new ConcurrentHashMap<>();

  private record Key(String namespace, String collection) {}

  /**
   * @param dataSource where the schemas are
   * @param guard around the reading of the catalogue
   */
  public Catalogue(DataSource dataSource, BackendGuard guard) {
    this.dataSource = dataSource;
    this.guard = guard;
  }

  /**
   * A table or view of a namespace; empty when there is none of this name. Takes a connection of
   * its own if it must ask, once for all who ask for the same at a time.
   *
   * @throws io.prism.starter.error.PrismException BACKEND_UNAVAILABLE
   */
  public Optional<Table> table(String namespace, String collection) {
    if (isHidden(collection)) {
      return Optional.empty();
    }
    Key key = new Key(namespace, collection);
    Optional<Table> known = remembered.getIfPresent(key);
    if (known != null) {
      return known;
    }
    CompletableFuture<Optional<Table>> mine = new CompletableFuture<>();
    CompletableFuture<Optional<Table>> running = loads.putIfAbsent(key, mine);
    return running == null ? load(key, mine) : joined(running);
  }

  /**
   * A table or view that is remembered; empty when it must be read, or is not there. Never blocks.
   */
  public Optional<Table> remembered(String namespace, String collection) {
    Optional<Table> known = remembered.getIfPresent(new Key(namespace, collection));
    return known == null ? Optional.empty() : known;
  }

  private Optional<Table> load(Key key, CompletableFuture<Optional<Table>> result) {
    try {
      Optional<Table> table = guard.call("catalogue", () -> read(key));
      remembered.put(key, table);
      result.complete(table);
      return table;
    } catch (Throwable e) {
      // A failure is not remembered.
      result.completeExceptionally(e);
      throw e;
    } finally {
      loads.remove(key);
    }
  }

  private Optional<Table> read(Key key) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      Optional<Table> table = read(connection, key);
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
      return table;
    }
  }

  private static Optional<Table> joined(CompletableFuture<Optional<Table>> known) {
    try {
      return known.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * The same for a caller that has a connection already, and is not to wait for another one. The
   * caller stands for the guard.
   */
  public Optional<Table> table(Connection connection, String namespace, String collection)
      throws SQLException {
    if (isHidden(collection)) {
      return Optional.empty();
    }
    Key key = new Key(namespace, collection);
    Optional<Table> known = remembered.getIfPresent(key);
    if (known != null) {
      return known;
    }
    Optional<Table> table = read(connection, key);
    remembered.put(key, table);
    return table;
  }

  /** Reads the catalogue anew at the next call: PostgreSQL says that a table or column is gone. */
  public void forget(String namespace, String collection) {
    remembered.invalidate(new Key(namespace, collection));
  }

  private static Optional<Table> read(Connection connection, Key key) throws SQLException {
    return CatalogueQueries.table(connection, SchemaName.of(key.namespace()), key.collection());
  }

  private static boolean isHidden(String collection) {
    for (String prefix : OWN_PREFIXES) {
      if (collection.startsWith(prefix)) {
        return true;
      }
    }
    return collection.isEmpty()
        || collection.length() > MAX_NAME_LENGTH
        || collection.indexOf('\0') >= 0;
  }
}
