package io.prism.redis;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Loads several values of a source together. */
@FunctionalInterface
public interface BatchSource {

  /**
   * Loads those of some keys that there are, as far as they fit. May be called on an event loop and
   * must not block it.
   *
   * @param maxBytes of all values together
   */
  CompletableFuture<Batch> load(Set<EntryKey> keys, long maxBytes);

  /**
   * What was loaded.
   *
   * @param values by key
   * @param leftOut keys whose values did not fit
   */
  record Batch(Map<EntryKey, Loaded> values, Set<EntryKey> leftOut) {}
}
