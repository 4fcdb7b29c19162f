package io.prism.starter;

import io.grpc.BindableService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.backend.BackendProperties;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.observe.ServiceHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.GrpcServerFactory;

/** Guards of the stores behind a service, and its health. */
@AutoConfiguration
@EnableConfigurationProperties(BackendProperties.class)
public final class PrismBackendAutoConfiguration {

  private static final String WHOLE_SERVER = HealthStatusManager.SERVICE_NAME_ALL_SERVICES;

  @Bean
  BackendGuards backendGuards(BackendProperties properties, MeterRegistry meters) {
    return new BackendGuards(properties, meters);
  }

  /** A service that does not know which sessions are closed must get no calls. */
  @Bean
  BackendProbe sessionsProbe(SessionRegistry registry) {
    return BackendProbe.of(
        "sessions",
        () -> {
          if (!registry.isFresh()) {
            throw new IllegalStateException("the session feed is down for too long");
          }
        });
  }

  /** Named for the actuator, which shows it as {@code prism}. */
  @Bean
  ServiceHealth prismHealthIndicator(
      ListableBeanFactory context,
      ObjectProvider<BackendProbe> probes,
      BackendProperties properties,
      ObjectProvider<HealthStatusManager> grpcHealth,
      SessionRegistry sessions,
      MeterRegistry meters) {
    List<String> services = servicesOf(context);
    measure(sessions, ServiceHealth.owner(services), meters);
    return new ServiceHealth(
        probes.orderedStream().toList(),
        properties.probeInterval(),
        properties.probeTimeout(),
        services,
        grpcHealth.getIfAvailable(),
        meters);
  }

  private static void measure(SessionRegistry sessions, String owner, MeterRegistry meters) {
    Gauge.builder("prism.sessions.known", sessions, SessionRegistry::size)
        .tag("service", owner)
        .description("sessions that had calls here within the last ten minutes")
        .register(meters);
    TimeGauge.builder(
            "prism.sessions.staleness",
            sessions,
            TimeUnit.MILLISECONDS,
            registry -> registry.staleness().toMillis())
        .tag("service", owner)
        .description("how long ago what is known of sessions was up to date")
        .register(meters);
  }

  /** The services of this context and not of its parents, which several contexts may share. */
  private static List<String> servicesOf(ListableBeanFactory context) {
    List<String> names =
        new ArrayList<>(
            context.getBeansOfType(BindableService.class).values().stream()
                .map(service -> service.bindService().getServiceDescriptor().getName())
                .filter(name -> name.startsWith("prism.") && !name.contains(".internal."))
                .toList());
    if (context.getBeanNamesForType(GrpcServerFactory.class, true, false).length > 0) {
      names.add(WHOLE_SERVER);
    }
    return names;
  }
}
