package io.prism.cache.redis;

import io.prism.cache.domain.AnswerRoom;
import io.prism.cache.domain.Cache;
import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.CacheSettings;
import io.prism.cache.domain.Condition;
import io.prism.cache.domain.Entry;
import io.prism.cache.domain.Source;
import io.prism.cache.domain.SourceValue;
import io.prism.redis.Afterwards;
import io.prism.redis.EntryKey;
import io.prism.redis.Fences;
import io.prism.redis.Invalidations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** LOOK_ASIDE: reads make copies; writes go to the source, and then the copy is removed. */
public final class LookAsideCache implements Cache {

  private final SourcedReads reads;
  private final Invalidations invalidations;
  private final Fences fences;

  public LookAsideCache(SourcedReads reads, Invalidations invalidations, Fences fences) {
    this.reads = reads;
    this.invalidations = invalidations;
    this.fences = fences;
  }

  @Override
  public CompletableFuture<Optional<Entry>> get(CacheKey key, CacheSettings settings) {
    return reads.get(key, settings);
  }

  @Override
  public CompletableFuture<List<Optional<Entry>>> getAll(
      List<CacheKey> keys, CacheSettings settings, AnswerRoom.Share room) {
    return reads.getAll(keys, settings, room);
  }

  @Override
  public CompletableFuture<Boolean> exists(CacheKey key, CacheSettings settings) {
    return reads.get(key, settings).thenApply(Optional::isPresent);
  }

  @Override
  public CompletableFuture<Boolean> set(
      CacheKey key,
      byte[] value,
      @Nullable Duration ttl,
      Condition condition,
      CacheSettings settings) {
    return write(key, settings, source -> source.set(key, value, ttl, condition).isPresent());
  }

  @Override
  public CompletableFuture<Boolean> delete(CacheKey key, CacheSettings settings) {
    return write(key, settings, source -> source.delete(key));
  }

  @Override
  public CompletableFuture<Long> increment(
      CacheKey key, long delta, long initial, @Nullable Duration ttl, CacheSettings settings) {
    return write(
        key,
        settings,
        source -> {
          SourceValue sum = source.increment(key, delta, initial, ttl);
          return Long.parseLong(new String(sum.value(), StandardCharsets.ISO_8859_1));
        });
  }

  private <T> CompletableFuture<T> write(
      CacheKey key, CacheSettings settings, Function<Source, T> work) {
    List<EntryKey> changed = new ArrayList<>(CopyKeys.ofOtherServices(key, settings));
    changed.add(CopyKeys.of(key, settings));
    return Afterwards.either(
        reads.write(settings, work),
        (result, failure) -> {
          if (failure == null) {
            return invalidations.invalidate(changed).thenApply(done -> result);
          }
          if (!WriteOutcome.isUnchanged(failure)) {
            // It may be done after this answer: no copies until it cannot be any more.
            for (EntryKey copy : changed) {
              var _ = fences.begin(copy).thenAccept(Fences.Fence::unknown);
            }
          }
          return CompletableFuture.<T>failedFuture(failure);
        });
  }
}
