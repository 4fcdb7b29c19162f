package io.prism.cache;

import io.prism.cache.postgres.PostgresProbe;
import io.prism.redis.RedisLink;
import io.prism.starter.observe.BackendProbe;

/** Fails when neither of the stores works. */
final class StoresProbe implements BackendProbe {

  private final RedisLink redis;
  private final PostgresProbe postgres;

  StoresProbe(RedisLink redis, PostgresProbe postgres) {
    this.redis = redis;
    this.postgres = postgres;
  }

  @Override
  public String name() {
    return "redis and postgresql";
  }

  @Override
  public void check() throws Exception {
    try {
      redis.check();
    } catch (Exception _) {
      postgres.check();
    }
  }
}
