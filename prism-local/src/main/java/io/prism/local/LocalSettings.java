package io.prism.local;

import io.prism.local.engine.StartException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What the user can choose about local mode.
 *
 * @param home the distribution: its {@code kafka} folder holds the broker's jars (property {@code
 *     prism.home})
 * @param data everything that is kept (property {@code prism.data}, variable {@value #DATA},
 *     default {@code .prism} in the working directory)
 * @param port gRPC, for all services (variable {@value #PORT}, default 8980)
 * @param managementPort HTTP: health, metrics, JWKS (variable {@value #MANAGEMENT_PORT}, default
 *     8981)
 * @param ownRedis whether the user names a Redis, by a property {@code spring.data.redis.*} or the
 *     variable for it: then local mode runs none
 */
record LocalSettings(Path home, Path data, int port, int managementPort, boolean ownRedis) {
  static final String DATA = "PRISM_DATA";
  static final String PORT = "PRISM_PORT";
  static final String MANAGEMENT_PORT = "PRISM_MANAGEMENT_PORT";

  /** What says where a Redis is; other properties only say how to use one. */
  private static final List<String> REDIS_PLACES =
      Stream.of("url", "host", "port", "sentinel.nodes", "cluster.nodes", "masterreplica.nodes")
          .map(place -> "spring.data.redis." + place)
          .toList();

  static LocalSettings from(Map<String, String> environment, Properties properties) {
    String data = properties.getProperty("prism.data", environment.getOrDefault(DATA, ".prism"));
    return new LocalSettings(
        Path.of(properties.getProperty("prism.home", ".")).toAbsolutePath().normalize(),
        Path.of(data).toAbsolutePath().normalize(),
        port(environment, PORT, 8980),
        port(environment, MANAGEMENT_PORT, 8981),
        REDIS_PLACES.stream().anyMatch(name -> isSet(environment, properties, name)));
  }

  private static boolean isSet(
      Map<String, String> environment, Properties properties, String name) {
    String variable = name.replace('.', '_').toUpperCase(Locale.ROOT);
    return properties.stringPropertyNames().stream().anyMatch(set -> set.startsWith(name))
        || environment.keySet().stream().anyMatch(set -> set.startsWith(variable));
  }

  private static int port(Map<String, String> environment, String variable, int otherwise) {
    String value = environment.get(variable);
    if (value == null || value.isBlank()) {
      return otherwise;
    }
    try {
      int port = Integer.parseInt(value.strip());
      if (port > 0 && port <= 0xffff) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, together with a number out of range.
    }
    throw new StartException(variable + " is '" + value + "', expected a port from 1 to 65535");
  }

  /** Where clients connect. */
  String address() {
    return "127.0.0.1:" + port;
  }
}
