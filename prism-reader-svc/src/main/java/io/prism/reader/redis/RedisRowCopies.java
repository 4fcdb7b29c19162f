package io.prism.reader.redis;

import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.reader.domain.Collections;
import io.prism.reader.domain.CopyName;
import io.prism.reader.domain.CopyTimes;
import io.prism.reader.domain.CopyableRows;
import io.prism.reader.domain.RowCopies;
import io.prism.reader.domain.StoredRow;
import io.prism.redis.EntryKey;
import io.prism.redis.Found;
import io.prism.redis.Freshness;
import io.prism.redis.Invalidations;
import io.prism.redis.Loaded;
import io.prism.redis.ReadThrough;
import io.prism.starter.call.CallEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of rows in Redis, by leases: a row that was read before a write is not stored after it.
 *
 * <p>A copy is kept only under the id that the row itself has, for that is the one that a writer
 * knows. Whoever asks by another spelling of it gets the row from the store.
 */
public final class RedisRowCopies implements RowCopies<byte[]> {

  private static final Logger log = LoggerFactory.getLogger(RedisRowCopies.class);

  private final Collections<?, byte[]> collections;
  private final CopyableRows<byte[]> rows;
  private final ReadThrough reads;
  private final Invalidations invalidations;
  private final int maxBytes;
  private final Counter uncopied;
  private final Counter refused;

  /**
   * @param maxBytes of a row that is copied
   */
  public RedisRowCopies(
      Collections<?, byte[]> collections,
      CopyableRows<byte[]> rows,
      ReadThrough reads,
      Invalidations invalidations,
      int maxBytes,
      MeterRegistry meters) {
    this.collections = collections;
    this.rows = rows;
    this.reads = reads;
    this.invalidations = invalidations;
    this.maxBytes = maxBytes;
    uncopied = meters.counter("prism.reader.gets.uncached", "why", "collection");
    refused = meters.counter("prism.reader.gets.uncached", "why", "redis_refused");
  }

  @Override
  public Optional<byte[]> get(String namespace, String collection, String id, CopyTimes times) {
    Optional<CopyName> named = rows.copyName(namespace, collection, id);
    if (named.isEmpty()) {
      uncopied.increment();
      return collections.get(namespace, collection, id, List.of());
    }
    CopyName name = named.get();
    Asked asked =
        new Asked(
            EntryKey.row(namespace, collection, name.id()),
            new Freshness(
                times.ttl(), name.exact() ? times.absentTtl() : Duration.ZERO, times.stale()),
            namespace,
            collection,
            id,
            name);
    try {
      Optional<Found> found = read(asked);
      if (isOfAnotherShape(found, name)) {
        invalidations.invalidate(List.of(asked.key())).join();
        found = read(asked);
      }
      if (!isOfAnotherShape(found, name)) {
        return found.map(Found::value).map(ShapedRow::rowOf);
      }
    } catch (RedisException e) {
      refused.increment();
      log.debug("Redis does not do what it is asked for; the row is read from the store", e);
    }
    return collections.get(namespace, collection, id, List.of());
  }

  private record Asked(
      EntryKey key,
      Freshness freshness,
      String namespace,
      String collection,
      String id,
      CopyName name) {}

  private Optional<Found> read(Asked asked) {
    return CallEnd.await(reads.get(asked.key(), asked.freshness(), () -> loading(asked)));
  }

  /** What was read just now may well be of another shape than what was known before. */
  private static boolean isOfAnotherShape(Optional<Found> found, CopyName name) {
    return found.isPresent()
        && !found.get().fromSource()
        && ShapedRow.shapeOf(found.get().value()) != name.shape();
  }

  /** On a thread of its own: it blocks, and is for all who want the row. */
  private CompletableFuture<Optional<Loaded>> loading(Asked asked) {
    return CompletableFuture.supplyAsync(() -> load(asked), Thread::startVirtualThread);
  }

  private Optional<Loaded> load(Asked asked) {
    return rows.stored(asked.namespace(), asked.collection(), asked.id())
        .map(row -> loaded(row, asked.name()));
  }

  private Loaded loaded(StoredRow<byte[]> row, CopyName name) {
    boolean copied = row.row().length <= maxBytes && row.id().filter(name.id()::equals).isPresent();
    return new Loaded(ShapedRow.of(row.shape(), row.row()), copied ? null : Duration.ZERO);
  }
}
