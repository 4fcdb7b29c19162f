package io.prism.cache.grpc;

import io.prism.cache.domain.CacheDefaults;
import io.prism.cache.domain.CacheKey;
import io.prism.cache.domain.CacheSettings;
import io.prism.cache.domain.SourceMapping;
import io.prism.cache.domain.Strategy;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheSource;
import io.prism.starter.auth.Session;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the session of the current call says about caches.
 *
 * @param namespace of its keys
 * @param cache its settings
 */
record SessionSettings(String namespace, CacheSettings cache) {

  static SessionSettings current(CacheDefaults defaults) {
    Session session = Session.current();
    CacheConfig config = session.config().getCache();
    return new SessionSettings(
        session.namespace(),
        new CacheSettings(
            strategy(config, defaults),
            config.hasSource() ? mapping(config.getSource()) : null,
            config.getTtlSeconds() > 0
                ? Duration.ofSeconds(config.getTtlSeconds())
                : defaults.ttl(),
            seconds(config.getNegativeTtlSeconds()),
            seconds(config.getStaleWhileRevalidateSeconds()),
            config.getAllowNoExpiration()));
  }

  CacheKey key(String name) {
    return new CacheKey(namespace, name);
  }

  private static Strategy strategy(CacheConfig config, CacheDefaults defaults) {
    return switch (config.getStrategy()) {
      case CACHE_STRATEGY_CACHE_ONLY -> Strategy.CACHE_ONLY;
      case CACHE_STRATEGY_LOOK_ASIDE -> Strategy.LOOK_ASIDE;
      case CACHE_STRATEGY_WRITE_THROUGH -> Strategy.WRITE_THROUGH;
      case CACHE_STRATEGY_UNSPECIFIED, UNRECOGNIZED -> defaults.strategy();
    };
  }

  private static @Nullable SourceMapping mapping(CacheSource source) {
    return source.getCollection().isEmpty()
        ? null
        : new SourceMapping(source.getCollection(), source.getKeyField(), source.getValueField());
  }

  private static Duration seconds(int seconds) {
    return seconds > 0 ? Duration.ofSeconds(seconds) : Duration.ZERO;
  }
}
