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
import io.prism.redis.Fences.Fence;
import io.prism.redis.Invalidations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * WRITE_THROUGH: writes go to the source and then to the copy, both before they are answered. From
 * before the source changes until the copy is right there is no copy, so an old one is never
 * served.
 */
public final class WriteThroughCache implements Cache {

  private final SourcedReads reads;
  private final Invalidations invalidations;
  private final Fences fences;

  public WriteThroughCache(SourcedReads reads, Invalidations invalidations, Fences fences) {
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
    return write(
            key,
            settings,
            source -> source.set(key, value, ttl, condition),
            (fence, stored) ->
                stored
                    .map(now -> fence.written(now.value(), lifetime(ttl, settings)))
                    .orElseGet(fence::unchanged))
        .thenApply(Optional::isPresent);
  }

  @Override
  public CompletableFuture<Boolean> delete(CacheKey key, CacheSettings settings) {
    return write(key, settings, source -> source.delete(key), (fence, deleted) -> fence.removed());
  }

  @Override
  public CompletableFuture<Long> increment(
      CacheKey key, long delta, long initial, @Nullable Duration ttl, CacheSettings settings) {
    return write(
            key,
            settings,
            source -> source.increment(key, delta, initial, ttl),
            (fence, sum) -> fence.written(sum.value(), ofCounter(sum, settings)))
        .thenApply(sum -> Long.parseLong(new String(sum.value(), StandardCharsets.ISO_8859_1)));
  }

  /** A copy of a counter that does not expire is made anew now and then. */
  private static @Nullable Duration ofCounter(SourceValue value, CacheSettings settings) {
    Duration remaining = value.remaining();
    return remaining == null ? lifetime(settings.ttl(), settings) : remaining;
  }

  private static @Nullable Duration lifetime(@Nullable Duration ttl, CacheSettings settings) {
    return ttl == null ? null : ttl.plus(SourcedReads.staleTime(settings));
  }

  private <T> CompletableFuture<T> write(
      CacheKey key,
      CacheSettings settings,
      Function<Source, T> work,
      BiFunction<Fence, T, CompletableFuture<Void>> end) {
    List<EntryKey> others = CopyKeys.ofOtherServices(key, settings);
    return fences
        .begin(CopyKeys.of(key, settings))
        .thenCompose(fence -> fenced(fence, others, settings, work, end));
  }

  /**
   * @param others copies that are not for this service to make, and only removed
   */
  private <T> CompletableFuture<T> fenced(
      Fence fence,
      List<EntryKey> others,
      CacheSettings settings,
      Function<Source, T> work,
      BiFunction<Fence, T, CompletableFuture<Void>> end) {
    return Afterwards.either(
        reads.write(settings, work),
        (result, failure) -> {
          if (failure == null) {
            return CompletableFuture.allOf(
                    end.apply(fence, result), invalidations.invalidate(others))
                .thenApply(done -> result);
          }
          if (WriteOutcome.isUnchanged(failure)) {
            return fence
                .unchanged()
                .thenCompose(done -> CompletableFuture.<T>failedFuture(failure));
          }
          fence.unknown();
          for (EntryKey other : others) {
            var _ = fences.begin(other).thenAccept(Fence::unknown);
          }
          return CompletableFuture.<T>failedFuture(failure);
        });
  }
}
