package io.prism.local;

import io.prism.local.engine.Engine;
import io.prism.local.engine.Engines;
import io.prism.local.engine.KafkaEngine;
import io.prism.local.engine.PostgresEngine;
import io.prism.local.engine.RedisEngine;
import io.prism.local.engine.StartException;
import io.prism.local.services.Stores;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The engines of local mode over one data folder, and where the services find them. */
final class LocalEngines implements AutoCloseable {
  private static final String DATABASE = "prism";

  /** Where the services find a Redis. */
  private enum Redis {
    OURS,
    THE_USERS,
    NOWHERE
  }

  private final PostgresEngine postgres;
  private final KafkaEngine kafka;
  private final RedisEngine redis;
  private final Redis used;
  private final Engines engines;

  private LocalEngines(Path data, Path home, Redis used, Consumer<String> progress) {
    this.postgres = new PostgresEngine(data);
    this.kafka = new KafkaEngine(data, home);
    this.redis = new RedisEngine(data);
    this.used = used;
    List<Engine> engines = new ArrayList<>(List.of(postgres, kafka));
    if (used == Redis.OURS) {
      engines.add(redis);
    }
    this.engines = new Engines(engines, progress);
  }

  /**
   * Those that a run of Prism needs.
   *
   * @param progress takes lines for the user
   */
  static LocalEngines needed(LocalSettings settings, Path data, Consumer<String> progress)
      throws InterruptedException {
    return settings.ownRedis()
        ? new LocalEngines(data, settings.home(), Redis.THE_USERS, progress)
        : needed(settings, data, new RedisEngine(data).missing(), progress);
  }

  /**
   * @param missing why there is no Redis for this machine, when there is none
   */
  static LocalEngines needed(
      LocalSettings settings, Path data, Optional<String> missing, Consumer<String> progress) {
    if (missing.isEmpty()) {
      return new LocalEngines(data, settings.home(), Redis.OURS, progress);
    }
    progress.accept("no Redis can run on this machine (" + missing.get() + "):");
    progress.accept(
        "  the cache service stays off, unless SPRING_DATA_REDIS_URL names a Redis of yours");
    return new LocalEngines(data, settings.home(), Redis.NOWHERE, progress);
  }

  /** Those that an earlier run, of whatever settings, may have left behind. */
  static LocalEngines left(LocalSettings settings, Path data, Consumer<String> progress) {
    return new LocalEngines(data, settings.home(), Redis.OURS, progress);
  }

  /** Whether there is a Redis at all, this one or the user's. */
  boolean hasRedis() {
    return used != Redis.NOWHERE;
  }

  /** Returns once all are ready. */
  void start() throws InterruptedException {
    if (used != Redis.OURS) {
      // One that was killed with other settings has left it running.
      redis.stop();
    }
    engines.start();
    try {
      postgres.ensureDatabase(DATABASE);
    } catch (SQLException e) {
      throw new StartException("cannot create the database " + DATABASE + ": " + e, e);
    }
  }

  Stores stores() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.datasource.url", postgres.jdbcUrl(DATABASE));
    properties.put("spring.datasource.username", postgres.user());
    properties.put("spring.datasource.password", postgres.password());
    properties.put("spring.kafka.bootstrap-servers", kafka.address());
    if (used == Redis.OURS) {
      properties.put("spring.data.redis.url", redis.url());
    }
    return new Stores(properties, hasRedis());
  }

  @Override
  public void close() {
    engines.close();
  }
}
