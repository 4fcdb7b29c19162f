package io.prism.vector.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.prism.redis.testing.RedisProcess;
import java.nio.file.Path;
import java.util.List;

/**
 * A Redis that has vector sets, from the binary in {@code PRISM_TEST_REDIS_SERVER}. Without one the
 * tests are skipped, or fail when {@code PRISM_REQUIRE_ENGINES} has {@code redis} in it.
 */
public final class Redis8 {

  private Redis8() {}

  /** Starts one, which ends with this JVM at the latest. */
  public static RedisProcess start() {
    String binary = variable("PRISM_TEST_REDIS_SERVER");
    boolean required = List.of(variable("PRISM_REQUIRE_ENGINES").split(",", -1)).contains("redis");
    if (required && binary.isBlank()) {
      throw new AssertionError("PRISM_TEST_REDIS_SERVER names no redis-server");
    }
    assumeTrue(!binary.isBlank(), "no Redis 8: PRISM_TEST_REDIS_SERVER is not set");
    return RedisProcess.of(Path.of(binary));
  }

  private static String variable(String name) {
    return System.getenv().getOrDefault(name, "");
  }

  /** What a service over it is configured with. */
  public static List<String> properties(RedisProcess redis) {
    return List.of("prism.vector.store=redis", "spring.data.redis.url=" + redis.url());
  }
}
