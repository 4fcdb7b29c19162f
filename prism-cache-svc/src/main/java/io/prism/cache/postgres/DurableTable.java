package io.prism.cache.postgres;

import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.Condition;
import io.prism.cache.domain.Counter;
import io.prism.cache.domain.Source;
import io.prism.cache.domain.SourceBatch;
import io.prism.cache.domain.SourceValue;
import io.prism.starter.backend.BackendGuard;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The durable table: values of namespaces whose configuration names no collection. */
public final class DurableTable implements Source {

  private static final long FOREVER = -1;

  private final DurableRows rows;
  private final TransactionTemplate transaction;
  private final BackendGuard guard;

  DurableTable(DurableRows rows, PlatformTransactionManager transactions, BackendGuard guard) {
    this.rows = rows;
    this.transaction = new TransactionTemplate(transactions);
    this.guard = guard;
  }

  @Override
  public Optional<SourceValue> load(CacheKey key) {
    List<String> names = List.of(DurableNames.encode(key.name()));
    return run("load", () -> rows.find(key.namespace(), names)).stream()
        .map(DurableTable::value)
        .findFirst();
  }

  @Override
  public SourceBatch loadAll(String namespace, Collection<CacheKey> keys, long maxBytes) {
    List<String> names = keys.stream().map(key -> DurableNames.encode(key.name())).toList();
    return run(
        "load",
        () -> {
          Map<CacheKey, SourceValue> values = new HashMap<>();
          Set<CacheKey> leftOut = new HashSet<>();
          for (Object[] row : rows.findSome(namespace, names, maxBytes)) {
            CacheKey key = new CacheKey(namespace, DurableNames.decode((String) row[0]));
            if (row[1] == null) {
              leftOut.add(key);
            } else {
              values.put(key, value(row));
            }
          }
          return new SourceBatch(values, leftOut);
        });
  }

  private static SourceValue value(Object[] row) {
    return new SourceValue((byte[]) row[1], remaining(row[2]));
  }

  private static @Nullable Duration remaining(@Nullable Object millis) {
    return millis == null ? null : Duration.ofMillis(((Number) millis).longValue());
  }

  @Override
  public Optional<SourceValue> set(
      CacheKey key, byte[] value, @Nullable Duration ttl, Condition condition) {
    String name = DurableNames.encode(key.name());
    long millis = millis(ttl);
    int stored =
        run(
            "set",
            () ->
                switch (condition) {
                  case ALWAYS -> rows.put(key.namespace(), name, value, millis);
                  case IF_ABSENT -> rows.putIfAbsent(key.namespace(), name, value, millis);
                  case IF_PRESENT -> rows.putIfPresent(key.namespace(), name, value, millis);
                });
    return stored > 0 ? Optional.of(new SourceValue(value, ttl)) : Optional.empty();
  }

  private static long millis(@Nullable Duration ttl) {
    return ttl == null ? FOREVER : ttl.toMillis();
  }

  @Override
  public boolean delete(CacheKey key) {
    String name = DurableNames.encode(key.name());
    return run("delete", () -> rows.remove(key.namespace(), name) > 0);
  }

  @Override
  public SourceValue increment(CacheKey key, long delta, long initial, @Nullable Duration ttl) {
    String name = DurableNames.encode(key.name());
    return run(
        "increment",
        () -> {
          while (true) {
            List<Object[]> found = rows.lock(key.namespace(), name);
            if (!found.isEmpty() && !Boolean.TRUE.equals(found.getFirst()[3])) {
              SourceValue counter = value(found.getFirst());
              byte[] sum = Counter.bytes(Counter.add(counter.value(), delta));
              rows.change(key.namespace(), name, sum);
              return new SourceValue(sum, counter.remaining());
            }
            byte[] first = Counter.bytes(Counter.add(initial, delta));
            if (rows.putIfAbsent(key.namespace(), name, first, millis(ttl)) > 0) {
              return new SourceValue(first, ttl);
            }
            // Another call made it in this moment: add to that one.
          }
        });
  }

  /** Removes some of the rows that have expired; returns how many. */
  int sweep(int most) {
    return run("sweep", () -> rows.sweep(most));
  }

  private <T> T run(String operation, Supplier<T> work) {
    try {
      return guard.call(
          operation, () -> Objects.requireNonNull(transaction.execute(status -> work.get())));
    } catch (RuntimeException e) {
      throw SourceFailures.translated(e);
    }
  }
}
