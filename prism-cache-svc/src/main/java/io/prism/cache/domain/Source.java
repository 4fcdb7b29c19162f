package io.prism.cache.domain;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where durable values live. Every method blocks, for a bounded time, and is one transaction.
 *
 * <p>They throw PrismException: BACKEND_UNAVAILABLE when the store is out of reach, OVERLOADED when
 * all connections are busy, DEADLINE_EXCEEDED when the store took too long; after the first and the
 * last of a write nobody knows whether it was done. SOURCE_MISCONFIGURED, SOURCE_READ_ONLY,
 * SOURCE_CONSTRAINT and INVALID_ARGUMENT when the source cannot have such a key or value; then it
 * has not changed.
 */
public interface Source {

  /** The value of a key; empty when there is none or it has expired. */
  Optional<SourceValue> load(CacheKey key);

  /**
   * The values that there are of some keys of one namespace, as far as they fit; the source does
   * not send those that do not.
   *
   * @param maxBytes of all of them together, as the source counts
   */
  SourceBatch loadAll(String namespace, Collection<CacheKey> keys, long maxBytes);

  /**
   * Sets a value, atomically with its condition. Returns it as the source has it now, which need
   * not be byte for byte what was set: a number, for one, has a form of its own. Empty when the
   * condition did not hold.
   *
   * @param ttl null: it never expires. A source whose values do not expire takes no notice of it
   */
  Optional<SourceValue> set(
      CacheKey key, byte[] value, @Nullable Duration ttl, Condition condition);

  /** Removes a key; false when there was nothing. */
  boolean delete(CacheKey key);

  /**
   * Adds to a counter; returns it as it is now. Also throws NOT_AN_INTEGER and COUNTER_OVERFLOW,
   * and changes nothing then.
   *
   * @param ttl of a counter that this call makes; null: it never expires
   */
  SourceValue increment(CacheKey key, long delta, long initial, @Nullable Duration ttl);
}
