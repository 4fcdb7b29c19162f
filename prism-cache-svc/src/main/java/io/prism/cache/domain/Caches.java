package io.prism.cache.domain;

/** The strategies. */
public record Caches(Cache cacheOnly, Cache lookAside, Cache writeThrough) {

  public Cache of(Strategy strategy) {
    return switch (strategy) {
      case CACHE_ONLY -> cacheOnly;
      case LOOK_ASIDE -> lookAside;
      case WRITE_THROUGH -> writeThrough;
    };
  }
}
