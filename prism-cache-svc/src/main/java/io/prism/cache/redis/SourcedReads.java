package io.prism.cache.redis;

import io.prism.cache.domain.AnswerRoom;
import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.CacheSettings;
import io.prism.cache.domain.Entry;
import io.prism.cache.domain.Source;
import io.prism.cache.domain.SourceBatch;
import io.prism.cache.domain.SourceGate;
import io.prism.cache.domain.SourceValue;
import io.prism.cache.domain.Sources;
import io.prism.redis.BatchSource;
import io.prism.redis.EntryKey;
import io.prism.redis.Found;
import io.prism.redis.Freshness;
import io.prism.redis.Loaded;
import io.prism.redis.ReadThrough;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How the strategies with a source read: from the copy, else from the source. */
public final class SourcedReads {

  private final ReadThrough copies;
  private final Sources sources;
  private final SourceGate gate;

  public SourcedReads(ReadThrough copies, Sources sources, SourceGate gate) {
    this.copies = copies;
    this.sources = sources;
    this.gate = gate;
  }

  CompletableFuture<Optional<Entry>> get(CacheKey key, CacheSettings settings) {
    Source source = sources.of(settings);
    return copies
        .get(
            CopyKeys.of(key, settings),
            freshness(settings),
            () -> gate.run(() -> source.load(key).map(SourcedReads::loaded)))
        .thenApply(found -> found.map(SourcedReads::entry));
  }

  CompletableFuture<List<Optional<Entry>>> getAll(
      List<CacheKey> keys, CacheSettings settings, AnswerRoom.Share room) {
    Source source = sources.of(settings);
    List<EntryKey> copyKeys = keys.stream().map(key -> CopyKeys.of(key, settings)).toList();
    return copies
        .getAll(
            Set.copyOf(copyKeys),
            freshness(settings),
            new ShareAllowance(room),
            (some, maxBytes) -> gate.run(() -> loadAll(source, some, maxBytes)))
        .thenApply(
            found -> {
              List<Optional<Entry>> entries = new ArrayList<>(keys.size());
              // A key that comes twice was read once and is sent twice.
              long bytes = 0;
              for (EntryKey key : copyKeys) {
                Found value = found.get(key);
                bytes += value == null ? 0 : value.value().length;
                entries.add(Optional.ofNullable(value).map(SourcedReads::entry));
              }
              room.require(bytes);
              return entries;
            });
  }

  private static BatchSource.Batch loadAll(Source source, Set<EntryKey> wanted, long maxBytes) {
    String namespace = wanted.iterator().next().namespace();
    Map<CacheKey, EntryKey> keys = new HashMap<>();
    for (EntryKey key : wanted) {
      keys.put(new CacheKey(namespace, key.name()), key);
    }
    SourceBatch batch = source.loadAll(namespace, keys.keySet(), maxBytes);
    Map<EntryKey, Loaded> values = new HashMap<>();
    batch
        .values()
        .forEach((key, value) -> values.put(Objects.requireNonNull(keys.get(key)), loaded(value)));
    return new BatchSource.Batch(
        values,
        batch.leftOut().stream()
            .map(key -> Objects.requireNonNull(keys.get(key)))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Does something to the source that a key has; it runs where it may block. */
  <T> CompletableFuture<T> write(CacheSettings settings, Function<Source, T> work) {
    Source source = sources.of(settings);
    return gate.run(() -> work.apply(source));
  }

  private static Freshness freshness(CacheSettings settings) {
    return new Freshness(settings.ttl(), settings.absentTtl(), staleTime(settings));
  }

  /** What the durable table says has expired is not served any more; rows do not expire. */
  static Duration staleTime(CacheSettings settings) {
    return settings.mapping() == null ? Duration.ZERO : settings.stale();
  }

  private static Loaded loaded(SourceValue value) {
    return new Loaded(value.value(), value.remaining());
  }

  private static Entry entry(Found found) {
    return new Entry(found.value(), found.remaining(), found.fromSource());
  }
}
