package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.local.engine.RedisEngine;
import io.prism.local.engine.RedisValues;
import io.prism.local.services.Stores;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One folder for all tests: only the first start makes its stores. */
final class LocalEnginesTest {
  private static Path folder;

  private final List<String> progress = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void resolve(@TempDir Path temporary) throws IOException {
    folder = temporary.toRealPath();
  }

  @Test
  void tellTheServicesWhereTheirRedisIs() throws Exception {
    try (LocalEngines engines = needed(Map.of())) {
      engines.start();

      Stores stores = engines.stores();
      assertThat(stores.redis()).isTrue();
      URI url = URI.create((String) stores.properties().get("spring.data.redis.url"));
      String address = url.getHost() + ":" + url.getPort();
      String password = url.getUserInfo().substring(":".length());
      RedisValues.set(address, password, "found", "here");
      assertThat(RedisValues.get(address, password, "found")).isEqualTo("here");
    }
  }

  @Test
  void leaveRedisToTheUserWhoNamesOneAndEndTheirOwnOfAnEarlierRun() throws Exception {
    new RedisEngine(folder).start();

    try (LocalEngines engines = needed(Map.of("SPRING_DATA_REDIS_URL", "redis://localhost"))) {
      engines.start();

      assertThat(engines.stores().redis()).isTrue();
      assertThat(engines.stores().properties().keySet())
          .noneMatch(name -> name.startsWith("spring.data.redis."));
      assertThat(folder.resolve("redis/redis.pid")).doesNotExist();
    }
    assertThat(progress).noneMatch(line -> line.contains("Redis"));
  }

  @Test
  void sayThatTheCacheStaysOffWhereThereIsNoRedis() {
    Optional<String> missing = Optional.of("libssl.so.3 is not there");
    try (LocalEngines engines =
        LocalEngines.needed(settings(Map.of()), folder, missing, progress::add)) {
      assertThat(engines.hasRedis()).isFalse();
    }
    assertThat(progress)
        .containsExactly(
            "no Redis can run on this machine (libssl.so.3 is not there):",
            "  the cache service stays off, unless SPRING_DATA_REDIS_URL names a Redis of yours");
  }

  private LocalEngines needed(Map<String, String> environment) throws InterruptedException {
    return LocalEngines.needed(settings(environment), folder, progress::add);
  }

  private static LocalSettings settings(Map<String, String> environment) {
    Properties properties = new Properties();
    properties.setProperty("prism.home", System.getProperty("prism.home"));
    return LocalSettings.from(environment, properties);
  }
}
