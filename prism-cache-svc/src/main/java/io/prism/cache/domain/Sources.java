package io.prism.cache.domain;

/** Finds the source that a session's configuration names. */
@FunctionalInterface
public interface Sources {

  /** The source; whether it is there shows when it is used. */
  Source of(CacheSettings settings);
}
