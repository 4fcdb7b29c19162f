package io.prism.local.services;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What local mode configures differently from a deployment. Stronger than a service's own file,
 * weaker than what the user sets by a system property or an environment variable.
 */
record LocalProperties(Ports ports, LocalSecrets secrets, Stores stores) {

  private static final String LOOPBACK = "127.0.0.1";

  ApplicationContextInitializer<ConfigurableApplicationContext> of(ServiceContext service) {
    Map<String, Object> values = new LinkedHashMap<>(stores.properties());
    values.put(
        StoreAutoConfigurationFilter.STORES,
        service.stores().stream().map(Enum::name).collect(Collectors.joining(",")));
    // The front has the server; this context lends it its services.
    values.put("spring.grpc.server.factory.enabled", "false");
    values.put("prism.internal.token", secrets.internalToken());
    if (!service.name().equals("session")) {
      values.put("prism.session.feed.address", LOOPBACK + ":" + ports.grpc());
      values.put(
          "prism.session.jwks-uri",
          "http://" + LOOPBACK + ":" + ports.management() + "/.well-known/jwks.json");
    }
    values.putAll(service.properties());
    return inserting(values);
  }

  ApplicationContextInitializer<ConfigurableApplicationContext> ofFront() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(StoreAutoConfigurationFilter.STORES, "");
    // Each service has its own chain around it already.
    values.put(
        "spring.autoconfigure.exclude",
        "io.prism.starter.PrismCallAutoConfiguration,"
            + "io.prism.starter.PrismSessionAutoConfiguration,"
            + "io.prism.starter.PrismBackendAutoConfiguration");
    values.put("spring.grpc.server.address", LOOPBACK);
    values.put("spring.grpc.server.port", ports.grpc());
    // Boot's own comes too late for Boot to see that there is something to serve.
    values.put("spring.grpc.server.reflection.enabled", "false");
    values.put("spring.grpc.server.health.enabled", "true");
    values.put("server.address", LOOPBACK);
    values.put("server.port", ports.management());
    return inserting(values);
  }

  private static ApplicationContextInitializer<ConfigurableApplicationContext> inserting(
      Map<String, Object> values) {
    return context ->
        context
            .getEnvironment()
            .getPropertySources()
            .addAfter(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                new MapPropertySource("prism-local", values));
  }
}
