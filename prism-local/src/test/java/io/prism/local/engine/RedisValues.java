package io.prism.local.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a plain client puts into a Redis, and finds there again. */
public final class RedisValues {
  private RedisValues() {}

  public static void set(String address, String password, String key, String value)
      throws IOException {
    call(address, password, "SET", key, value);
  }

  public static @Nullable String get(String address, String password, String key)
      throws IOException {
    return call(address, password, "GET", key);
  }

  static @Nullable String call(String address, String password, String... command)
      throws IOException {
    int colon = address.indexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    try (RedisConnection connection =
        RedisConnection.open(address.substring(0, colon), port, password)) {
      return connection.call(command);
    }
  }
}
