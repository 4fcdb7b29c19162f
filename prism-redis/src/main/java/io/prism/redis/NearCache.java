package io.prism.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.redis.RedisValues.Stored;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Values of Redis in this instance's memory, of which Redis tells when they change ({@link
 * Tracking}). They are given only while that is so: there is a connection that is tracked, and
 * Redis has been heard of lately.
 *
 * <p>A value is kept only if nothing has changed since Redis read it, for all that this instance
 * has heard: what it is told comes on the connection that the value came on, and in that order.
 */
final class NearCache {

  /** What a value takes beside its bytes and its key's. */
  private static final int OVERHEAD = 200;

  private final Cache<ByteBuffer, Kept> values;
  private final long patienceNanos;
  private final Counter hits;
  private final Counter misses;

  /** How often something has changed. */
  private final AtomicLong changes = new AtomicLong();

  /** How often the connection was lost. */
  private final AtomicLong losses = new AtomicLong();

  private volatile boolean tracked;
  private volatile long heard;

  private record Kept(Stored stored, long end, boolean ends) {}

  /**
   * @param maxBytes of all values with their keys
   * @param patience for which Redis may be silent
   */
  NearCache(long maxBytes, Duration patience, MeterRegistry meters) {
    values =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(
                (ByteBuffer key, Kept kept) ->
                    OVERHEAD + key.capacity() + kept.stored().bytes().length)
            .executor(Runnable::run)
            .build();
    patienceNanos = patience.toNanos();
    hits = meters.counter("prism.redis.near.reads", "found", "yes");
    misses = meters.counter("prism.redis.near.reads", "found", "no");
    Gauge.builder("prism.redis.near.bytes", this, NearCache::weight)
        .baseUnit("bytes")
        .description("values in this instance's memory with their keys")
        .register(meters);
  }

  /** The value of a key, if it is here and Redis would tell if it were wrong. */
  @Nullable Stored get(byte[] key) {
    if (isUsable()) {
      Kept kept = values.getIfPresent(ByteBuffer.wrap(key));
      if (kept != null) {
        if (!kept.ends()) {
          hits.increment();
          return kept.stored();
        }
        long left = kept.end() - System.nanoTime();
        if (left > 0) {
          hits.increment();
          return new Stored(kept.stored().bytes(), Duration.ofNanos(left));
        }
      }
    }
    misses.increment();
    return null;
  }

  boolean isUsable() {
    return tracked && System.nanoTime() - heard < patienceNanos;
  }

  /** To be had when a value comes from Redis, and given back when it is to be kept. */
  long mark() {
    return changes.get();
  }

  /** Keeps a value, if nothing has changed since it came. */
  void keep(byte[] key, Stored stored, long mark) {
    if (!tracked || changes.get() != mark) {
      return;
    }
    ByteBuffer name = ByteBuffer.wrap(key);
    Duration remaining = stored.remaining();
    values.put(
        name,
        remaining == null
            ? new Kept(stored, 0, false)
            : new Kept(stored, System.nanoTime() + remaining.toNanos(), true));
    if (!tracked || changes.get() != mark) {
      values.invalidate(name);
    }
  }

  /** A key has another value now, or none. */
  void changed(ByteBuffer key) {
    changes.incrementAndGet();
    values.invalidate(key);
  }

  /** All keys may have other values. */
  void changed() {
    changes.incrementAndGet();
    values.invalidateAll();
  }

  /** The connection on which Redis tells of changes is gone. */
  void lost() {
    losses.incrementAndGet();
    tracked = false;
    changed();
  }

  long losses() {
    return losses.get();
  }

  boolean isTracked() {
    return tracked;
  }

  /**
   * Redis tells of changes from now on.
   *
   * @param losses as they were before it was asked to
   * @param time when it was asked
   */
  void track(long losses, long time) {
    heard = time;
    tracked = true;
    if (this.losses.get() != losses) {
      lost();
    }
  }

  /** All that had changed by then has been told. */
  void heard(long time) {
    heard = time;
  }

  /** Bytes of all values with their keys, about. */
  long weight() {
    return values.policy().eviction().map(policy -> policy.weightedSize().orElse(0)).orElse(0L);
  }

  /** Does now what is done at leisure otherwise. */
  void cleanUp() {
    values.cleanUp();
  }
}
