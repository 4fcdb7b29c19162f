package io.prism.cache.testing;

import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheSource;
import io.prism.config.v1.CacheStrategy;

/** Configurations of sessions. */
public final class Configs {

  private Configs() {}

  public static CacheConfig.Builder cacheOnly() {
    return CacheConfig.newBuilder().setStrategy(CacheStrategy.CACHE_STRATEGY_CACHE_ONLY);
  }

  public static CacheConfig.Builder lookAside() {
    return CacheConfig.newBuilder().setStrategy(CacheStrategy.CACHE_STRATEGY_LOOK_ASIDE);
  }

  public static CacheConfig.Builder writeThrough() {
    return CacheConfig.newBuilder().setStrategy(CacheStrategy.CACHE_STRATEGY_WRITE_THROUGH);
  }

  /** Of the strategy of this name. */
  public static CacheConfig.Builder of(CacheStrategy strategy) {
    return CacheConfig.newBuilder().setStrategy(strategy);
  }

  public static CacheSource source(String collection, String keyField, String valueField) {
    return CacheSource.newBuilder()
        .setCollection(collection)
        .setKeyField(keyField)
        .setValueField(valueField)
        .build();
  }
}
