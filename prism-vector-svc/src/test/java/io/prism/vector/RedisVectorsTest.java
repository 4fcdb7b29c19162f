package io.prism.vector;

import io.prism.redis.testing.RedisProcess;
import io.prism.vector.testing.Fixture;
import io.prism.vector.testing.Redis8;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract in Redis. */
class RedisVectorsTest extends VectorsContract {

  private static RedisProcess redis;
  private static Fixture fixture;

  @BeforeAll
  static void start() {
    redis = Redis8.start();
    fixture = new Fixture(Redis8.properties(redis));
  }

  @AfterAll
  static void stop() {
    if (fixture != null) {
      fixture.close();
      redis.close();
    }
  }

  @Override
  Fixture fixture() {
    return fixture;
  }
}
