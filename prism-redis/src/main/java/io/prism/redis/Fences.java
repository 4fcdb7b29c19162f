package io.prism.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * For writers that change the source and then the copy. From a fence's beginning to its end there
 * is no copy, and nobody stores one; at its end the writer's value is stored, unless another writer
 * was at work meanwhile: then nobody knows which value the source has, and there is no copy.
 */
public final class Fences {

  private final Entries entries;
  private final Invalidations invalidations;
  private final Duration limit;

  Fences(Entries entries, Invalidations invalidations, Duration limit) {
    this.entries = entries;
    this.invalidations = invalidations;
    this.limit = limit;
  }

  /**
   * Begins, before the source is written. Never fails; where Redis is out of reach the copy is
   * removed as soon as it is back.
   */
  public CompletableFuture<Fence> begin(EntryKey key) {
    byte[] token = Entries.token();
    return entries
        .fence(key, token, limit)
        .handle((begun, failure) -> new Fence(key, token, failure == null));
  }

  /** One writer's fence; it ends by exactly one of its methods. None of them fails. */
  public final class Fence {

    private final EntryKey key;
    private final byte[] token;

    // If not, Redis could not be reached, and nobody knows whether the fence has come to be.
    private final boolean stands;

    private Fence(EntryKey key, byte[] token, boolean stands) {
      this.key = key;
      this.token = token;
      this.stands = stands;
    }

    /**
     * The source has this value now.
     *
     * @param ttl of the copy; null: until it is invalidated
     */
    public CompletableFuture<Void> written(byte[] value, @Nullable Duration ttl) {
      return end(value, ttl);
    }

    /** The source has changed, or may have; there is to be no copy. */
    public CompletableFuture<Void> removed() {
      return end(null, null);
    }

    /**
     * The source has surely not changed. The copy is gone all the same; it is loaded at the next
     * read.
     */
    public CompletableFuture<Void> unchanged() {
      return end(null, null);
    }

    /**
     * Nobody knows whether the source changes, or when: the fence stays until its time is over, by
     * which the source has given up.
     */
    public void unknown() {
      if (!stands) {
        invalidations.owe(List.of(key));
      }
    }

    private CompletableFuture<Void> end(byte @Nullable [] value, @Nullable Duration ttl) {
      if (!stands) {
        invalidations.owe(key, token);
        return CompletableFuture.completedFuture(null);
      }
      return entries
          .unfence(key, token, value, ttl)
          .handle(
              (stored, failure) -> {
                if (failure != null) {
                  // The fence may be gone with the Redis that had it, or still be there.
                  invalidations.owe(key, token);
                }
                return null;
              });
    }
  }
}
