package io.prism.local.services;

import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prism.starter.call.InFlight;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** What the contexts of one process have in common: one set of metrics, one health, one load. */
final class SharedBeans implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HealthStatusManager health = new HealthStatusManager();
  private final InFlight inFlight = new InFlight();

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    context.getBeanFactory().registerSingleton("meterRegistry", meters);
    // What is scraped; Boot would make another one, with nothing in it.
    context
        .getBeanFactory()
        .registerSingleton("prometheusRegistry", meters.getPrometheusRegistry());
    context.getBeanFactory().registerSingleton("healthStatusManager", health);
    context.getBeanFactory().registerSingleton("inFlight", inFlight);
  }

  HealthStatusManager health() {
    return health;
  }
}
