package io.prism.local.services;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.prism.local.engine.StartException;
import io.prism.objectstore.files.SignedUrlServlet;
import io.prism.starter.CallChain;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.call.Drain;
import io.prism.starter.observe.ServiceHealth;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The services of local mode, running: each in a Spring context of its own, as it would run alone,
 * and one front with the two ports.
 */
public final class Suite implements AutoCloseable {

  private static final Duration FEED_LIMIT = Duration.ofSeconds(30);

  private final SharedBeans shared = new SharedBeans();
  private final Map<String, ConfigurableApplicationContext> services = new LinkedHashMap<>();
  private final LocalProperties properties;
  private final Path data;
  private final Path migrations;
  private final Consumer<String> progress;
  private @Nullable ConfigurableApplicationContext front;

  private Suite(LocalProperties properties, Path data, Path migrations, Consumer<String> progress) {
    this.properties = properties;
    this.data = data;
    this.migrations = migrations;
    this.progress = progress;
  }

  /**
   * Starts everything and returns when clients are served.
   *
   * @param ports where to listen
   * @param data where the secrets, the objects and the events are kept
   * @param migrations where the tables of namespaces are described
   * @param stores where the stores answer
   * @param progress takes lines for the user
   * @throws StartException when a service does not start; what had started is closed
   */
  public static Suite start(
      Ports ports, Path data, Path migrations, Stores stores, Consumer<String> progress)
      throws InterruptedException {
    Suite suite =
        new Suite(
            new LocalProperties(ports, LocalSecrets.in(data), stores), data, migrations, progress);
    try {
      suite.startAll();
      return suite;
    } catch (RuntimeException | InterruptedException e) {
      suite.close();
      throw e;
    }
  }

  /** The first administrator's API key. */
  public String apiKey() {
    return properties.secrets().apiKey();
  }

  /** How many namespaces have tables that are not as their files say. */
  public int failedMigrations() {
    return LocalServices.failedMigrations(services);
  }

  private void startAll() throws InterruptedException {
    boolean redis = properties.stores().redis();
    for (ServiceContext service :
        LocalServices.all(properties.secrets(), data, migrations, properties.ports(), redis)) {
      Instant begin = Instant.now();
      services.put(service.name(), startService(service));
      progress.accept(
          "%s ready in %.1f s".formatted(service.name(), seconds(begin, Instant.now())));
    }
    Instant begin = Instant.now();
    front = startFront();
    awaitFeeds();
    progress.accept("ports open in %.1f s".formatted(seconds(begin, Instant.now())));
  }

  private static double seconds(Instant begin, Instant end) {
    return Duration.between(begin, end).toMillis() / 1000.0;
  }

  private ConfigurableApplicationContext startService(ServiceContext service) {
    try {
      return new SpringApplicationBuilder(service.application())
          .web(WebApplicationType.NONE)
          .registerShutdownHook(false)
          .properties(Map.of("spring.config.name", "prism-" + service.name()))
          .initializers(shared, properties.of(service))
          .run();
    } catch (RuntimeException e) {
      throw new StartException("the " + service.name() + " service did not start: " + e, e);
    }
  }

  private ConfigurableApplicationContext startFront() {
    FrontConfiguration.Served served = new FrontConfiguration.Served(definitions());
    CompositeHealthContributor health = CompositeHealthContributor.fromMap(healths());
    try {
      return new SpringApplicationBuilder(FrontConfiguration.class)
          .web(WebApplicationType.SERVLET)
          .registerShutdownHook(false)
          .properties(Map.of("spring.config.name", "prism-local"))
          .initializers(
              shared,
              properties.ofFront(),
              context -> {
                GenericApplicationContext beans = (GenericApplicationContext) context;
                beans.registerBean(FrontConfiguration.Served.class, () -> served);
                beans.registerBean(
                    FrontConfiguration.Jwks.class, () -> LocalServices.jwks(services));
                beans.registerBean("prism", CompositeHealthContributor.class, () -> health);
                LocalServices.signedUrls(services)
                    .ifPresent(
                        servlet ->
                            beans.registerBean(
                                "signedUrls",
                                ServletRegistrationBean.class,
                                () ->
                                    new ServletRegistrationBean<>(servlet, SignedUrlServlet.PATH)));
              })
          .run();
    } catch (RuntimeException e) {
      throw new StartException("the ports could not be opened: " + e, e);
    }
  }

  /** Each service's rpcs, with the chain of its own context around them. */
  private List<ServerServiceDefinition> definitions() {
    List<ServerServiceDefinition> definitions = new ArrayList<>();
    for (ConfigurableApplicationContext context : services.values()) {
      CallChain chain = context.getBean(CallChain.class);
      context.getBeansOfType(BindableService.class).values().stream()
          .map(chain::intercept)
          .filter(definition -> definition.getServiceDescriptor().getName().startsWith("prism."))
          .forEach(definitions::add);
    }
    return definitions;
  }

  private Map<String, HealthContributor> healths() {
    Map<String, HealthContributor> healths = new LinkedHashMap<>();
    services.forEach((name, context) -> healths.put(name, context.getBean(ServiceHealth.class)));
    return healths;
  }

  /** Until a service has heard of the sessions it refuses every call. */
  private void awaitFeeds() throws InterruptedException {
    Instant limit = Instant.now().plus(FEED_LIMIT);
    for (Map.Entry<String, ConfigurableApplicationContext> service : services.entrySet()) {
      SessionRegistry registry = service.getValue().getBean(SessionRegistry.class);
      while (!registry.isFresh()) {
        if (Instant.now().isAfter(limit)) {
          throw new StartException(
              "the "
                  + service.getKey()
                  + " service did not hear of sessions within "
                  + FEED_LIMIT.toSeconds()
                  + " s");
        }
        Thread.sleep(20);
      }
    }
  }

  /**
   * Drains every service while the ports are still open, then closes the ports, then the services.
   */
  @Override
  public void close() {
    List<ConfigurableApplicationContext> reversed = new ArrayList<>(services.values()).reversed();
    if (front != null) {
      shared.health().enterTerminalState();
      drainAll();
      front.close();
    }
    reversed.forEach(ConfigurableApplicationContext::close);
  }

  private void drainAll() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      services
          .values()
          .forEach(context -> threads.execute(() -> context.getBean(Drain.class).drain()));
    }
  }
}
