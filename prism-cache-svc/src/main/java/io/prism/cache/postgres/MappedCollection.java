package io.prism.cache.postgres;

import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.CacheReason;
import io.prism.cache.domain.Condition;
import io.prism.cache.domain.Counter;
import io.prism.cache.domain.Source;
import io.prism.cache.domain.SourceBatch;
import io.prism.cache.domain.SourceMapping;
import io.prism.cache.domain.SourceValue;
import io.prism.relational.Catalogue;
import io.prism.relational.PostgresFailures;
import io.prism.relational.PostgresFailures.Meaning;
import io.prism.relational.Table;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.error.PrismException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A collection of the namespace as a source. Its rows do not expire. What has a value field is
 * written, too; whole rows are read only.
 */
final class MappedCollection implements Source {

  private static final int MAX_SHOWN = 63;

  private final SourceMapping mapping;
  private final Catalogue catalogue;
  private final DataSource dataSource;
  private final BackendGuard guard;

  MappedCollection(
      SourceMapping mapping, Catalogue catalogue, DataSource dataSource, BackendGuard guard) {
    this.mapping = mapping;
    this.catalogue = catalogue;
    this.dataSource = dataSource;
    this.guard = guard;
  }

  private interface Work<T> {
    T run(Connection connection, MappedTable table) throws SQLException;
  }

  @Override
  public Optional<SourceValue> load(CacheKey key) {
    return Optional.ofNullable(
        loadAll(key.namespace(), List.of(key), Long.MAX_VALUE).values().get(key));
  }

  @Override
  public SourceBatch loadAll(String namespace, Collection<CacheKey> keys, long maxBytes) {
    List<CacheKey> listed = List.copyOf(keys);
    return run(
        "load",
        namespace,
        (connection, table) -> {
          List<MappedTable.Id> ids = new ArrayList<>(listed.size());
          for (CacheKey key : listed) {
            ids.add(id(table, key));
          }
          Map<CacheKey, SourceValue> values = new HashMap<>();
          Set<Integer> leftOut =
              table.select(
                  connection,
                  ids,
                  maxBytes,
                  (index, value) -> values.put(listed.get(index), new SourceValue(value, null)));
          return new SourceBatch(
              values, leftOut.stream().map(listed::get).collect(Collectors.toUnmodifiableSet()));
        });
  }

  @Override
  public Optional<SourceValue> set(
      CacheKey key, byte[] value, @Nullable Duration ttl, Condition condition) {
    return run(
            "set",
            key.namespace(),
            (connection, table) -> {
              MappedTable.Id id = id(table, key);
              return switch (condition) {
                case ALWAYS -> put(connection, table, id, value);
                case IF_ABSENT -> table.insert(connection, id, value);
                case IF_PRESENT -> table.update(connection, id, value);
              };
            })
        .map(stored -> new SourceValue(stored, null));
  }

  private static Optional<byte[]> put(
      Connection connection, MappedTable table, MappedTable.Id id, byte[] value)
      throws SQLException {
    Optional<byte[]> stored = table.update(connection, id, value);
    if (stored.isEmpty()) {
      stored = table.insert(connection, id, value);
    }
    if (stored.isEmpty()) {
      // It came in this moment.
      stored = table.update(connection, id, value);
    }
    if (stored.isEmpty()) {
      throw PrismException.of(
          CacheReason.SOURCE_CONSTRAINT, "the collection refuses the value by a constraint");
    }
    return stored;
  }

  @Override
  public boolean delete(CacheKey key) {
    return run(
        "delete", key.namespace(), (connection, table) -> table.delete(connection, id(table, key)));
  }

  @Override
  public SourceValue increment(CacheKey key, long delta, long initial, @Nullable Duration ttl) {
    return run(
        "increment",
        key.namespace(),
        (connection, table) -> {
          MappedTable.Id id = id(table, key);
          Optional<byte[]> counter = table.lock(connection, id);
          if (counter.isEmpty()) {
            byte[] first = Counter.bytes(Counter.add(initial, delta));
            Optional<byte[]> made = table.updateNull(connection, id, first);
            if (made.isEmpty()) {
              made = table.insert(connection, id, first);
            }
            if (made.isPresent()) {
              return new SourceValue(first, null);
            }
            // It came in this moment.
            counter = table.lock(connection, id);
          }
          byte[] sum =
              Counter.bytes(Counter.add(counter.orElseThrow(Counter::notAnInteger), delta));
          table.update(connection, id, sum);
          return new SourceValue(sum, null);
        });
  }

  private MappedTable.Id id(MappedTable table, CacheKey key) {
    String prefix = mapping.collection() + ":";
    if (!key.name().startsWith(prefix)) {
      throw PrismException.invalid(
          "key", "'" + shown(key.name()) + "' (expected: to begin with " + prefix + ")");
    }
    String text = key.name().substring(prefix.length());
    return new MappedTable.Id(prefix, text, table.key().type().toJdbc(text, "key"));
  }

  private <T> T run(String operation, String namespace, Work<T> work) {
    try {
      return guard.call(operation, () -> transaction(namespace, work));
    } catch (RuntimeException e) {
      if (PostgresFailures.meaning(e) != Meaning.SCHEMA_CHANGED) {
        throw SourceFailures.translated(e);
      }
    }
    // Nothing was done in a transaction that failed for the shape of its table.
    catalogue.forget(namespace, mapping.collection());
    try {
      return guard.call(operation, () -> transaction(namespace, work));
    } catch (RuntimeException e) {
      if (PostgresFailures.meaning(e) == Meaning.SCHEMA_CHANGED) {
        throw PrismException.because(
                CacheReason.SOURCE_MISCONFIGURED, "the collection cannot be used as it is")
            .cause(e)
            .build();
      }
      throw SourceFailures.translated(e);
    }
  }

  private <T> T transaction(String namespace, Work<T> work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection, table(connection, namespace));
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    }
  }

  private static void rollBack(Connection connection, Exception reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  private MappedTable table(Connection connection, String namespace) throws SQLException {
    Table table =
        catalogue
            .table(connection, namespace, mapping.collection())
            .orElseThrow(
                () ->
                    PrismException.because(
                            CacheReason.SOURCE_MISCONFIGURED,
                            "no collection '" + shown(mapping.collection()) + "'")
                        .resource("collection", shown(mapping.collection()))
                        .build());
    return MappedTable.of(table, mapping);
  }

  private static String shown(String name) {
    return name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "…" : name;
  }
}
