package io.prism.local;

import io.prism.local.engine.StartException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

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
 */
record LocalSettings(Path home, Path data, int port, int managementPort) {
  static final String DATA = "PRISM_DATA";
  static final String PORT = "PRISM_PORT";
  static final String MANAGEMENT_PORT = "PRISM_MANAGEMENT_PORT";

  static LocalSettings from(Map<String, String> environment, Properties properties) {
    String data = properties.getProperty("prism.data", environment.getOrDefault(DATA, ".prism"));
    return new LocalSettings(
        Path.of(properties.getProperty("prism.home", ".")).toAbsolutePath().normalize(),
        Path.of(data).toAbsolutePath().normalize(),
        port(environment, PORT, 8980),
        port(environment, MANAGEMENT_PORT, 8981));
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
