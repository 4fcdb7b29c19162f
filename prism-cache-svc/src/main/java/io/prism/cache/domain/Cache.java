package io.prism.cache.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One strategy of caching. Nothing blocks; results fail with PrismException: BACKEND_UNAVAILABLE
 * when the store that the strategy cannot do without is out of reach, OVERLOADED when too many
 * calls wait for it. Keys and values have been checked.
 */
public interface Cache {

  /** The value of a key; empty when there is none. */
  CompletableFuture<Optional<Entry>> get(CacheKey key, CacheSettings settings);

  /**
   * The values of keys of one namespace, in their order; a key may come twice. Fails with
   * ANSWER_TOO_LARGE when they do not fit.
   *
   * @param room for the values; not touched any more when the result is there
   */
  CompletableFuture<List<Optional<Entry>>> getAll(
      List<CacheKey> keys, CacheSettings settings, AnswerRoom.Share room);

  /** Whether {@link #get} would find something. */
  CompletableFuture<Boolean> exists(CacheKey key, CacheSettings settings);

  /**
   * Sets a value, atomically with its condition.
   *
   * @param ttl null: it never expires
   * @return whether the condition held
   */
  CompletableFuture<Boolean> set(
      CacheKey key,
      byte[] value,
      @Nullable Duration ttl,
      Condition condition,
      CacheSettings settings);

  /** Removes a key; false when there was nothing. */
  CompletableFuture<Boolean> delete(CacheKey key, CacheSettings settings);

  /**
   * Adds to a counter, atomically. Fails with NOT_AN_INTEGER and COUNTER_OVERFLOW.
   *
   * @param initial what is added to when there is no counter
   * @param ttl of a counter that this call makes; one that is there keeps its own. Null: it never
   *     expires
   * @return the sum
   */
  CompletableFuture<Long> increment(
      CacheKey key, long delta, long initial, @Nullable Duration ttl, CacheSettings settings);
}
