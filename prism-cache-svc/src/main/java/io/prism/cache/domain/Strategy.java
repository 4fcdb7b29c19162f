package io.prism.cache.domain;

/** How cache and source work together. */
public enum Strategy {
  CACHE_ONLY,
  LOOK_ASIDE,
  WRITE_THROUGH
}
