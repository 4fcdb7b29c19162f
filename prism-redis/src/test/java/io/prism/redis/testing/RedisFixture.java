package io.prism.redis.testing;

import org.jspecify.annotations.Nullable;

/**
 * A real Redis for all tests of this JVM: the one whose URL is in {@code PRISM_TEST_REDIS}, else
 * one of our own. Tests keep apart by namespaces that nobody else uses.
 */
public final class RedisFixture {

  private static @Nullable String shared;

  private RedisFixture() {}

  /** Its URL, as {@code spring.data.redis.url} takes it. */
  @SuppressWarnings("resource") // Ends with this JVM.
  public static synchronized String url() {
    String url = shared;
    if (url == null) {
      String given = System.getenv("PRISM_TEST_REDIS");
      url = given == null || given.isBlank() ? new RedisProcess().url() : given;
      shared = url;
    }
    return url;
  }
}
