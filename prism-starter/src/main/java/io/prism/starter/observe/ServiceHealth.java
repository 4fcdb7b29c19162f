package io.prism.starter.observe;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;

/**
 * Asks the stores behind a service whether they work, and says the result to gRPC health checks, to
 * the actuator and as the metric {@code prism.backend.up}.
 *
 * <p>A probe that does not answer in time counts as failed, and is not asked again before it has
 * come back.
 */
public final class ServiceHealth implements SmartLifecycle, HealthIndicator {

  private static final Logger log = LoggerFactory.getLogger(ServiceHealth.class);
  private static final Duration INTERVAL_WHILE_DOWN = Duration.ofMillis(250);

  private final List<Watched> probes;
  private final Duration interval;
  private final Duration limit;
  private final List<String> services;
  private final @Nullable HealthStatusManager grpcHealth;
  private volatile @Nullable Thread watcher;
  private volatile boolean draining;
  private volatile boolean working;

  /**
   * @param interval how often to ask while all is well
   * @param limit how long a probe may take
   * @param services what gRPC health speaks of: full names of services, {@code ""} for the server
   * @param grpcHealth where gRPC health checks are answered from, or null where there is no server
   */
  public ServiceHealth(
      List<BackendProbe> probes,
      Duration interval,
      Duration limit,
      List<String> services,
      @Nullable HealthStatusManager grpcHealth,
      MeterRegistry meters) {
    this.probes =
        probes.stream().map(probe -> new Watched(probe, owner(services), meters)).toList();
    this.interval = interval;
    this.limit = limit;
    this.services = List.copyOf(services);
    this.grpcHealth = grpcHealth;
  }

  /** The package of the services, so that several contexts can share one set of metrics. */
  public static String owner(List<String> services) {
    return services.stream()
        .filter(service -> service.startsWith("prism."))
        .map(service -> service.substring(0, service.lastIndexOf('.')))
        .findFirst()
        .orElse("");
  }

  /** Whether the service works as far as is known, and is not draining. */
  public boolean isServing() {
    return working && !draining;
  }

  /** Says NOT_SERVING from now on, whatever the stores say. */
  public void drain() {
    draining = true;
    publish();
  }

  @Override
  public Health health() {
    Health.Builder health = isServing() ? Health.up() : Health.outOfService();
    probes.forEach(probe -> health.withDetail(probe.name(), probe.working ? "up" : "down"));
    return health.build();
  }

  @Override
  public synchronized void start() {
    if (watcher == null) {
      publish();
      Thread starting = Thread.ofVirtual().name("prism-health").unstarted(this::watch);
      watcher = starting;
      starting.start();
    }
  }

  @Override
  public synchronized void stop() {
    Thread running = watcher;
    if (running != null) {
      watcher = null;
      running.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return watcher != null;
  }

  /** Before the server starts, and after it has stopped. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 1;
  }

  private void watch() {
    try {
      while (watcher != null) {
        long end = System.nanoTime() + limit.toNanos();
        probes.forEach(Watched::ask);
        boolean all = true;
        for (Watched probe : probes) {
          all &= probe.answer(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
        working = all;
        publish();
        Thread.sleep(
            all || interval.compareTo(INTERVAL_WHILE_DOWN) < 0 ? interval : INTERVAL_WHILE_DOWN);
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  private synchronized void publish() {
    HealthStatusManager manager = grpcHealth;
    if (manager != null) {
      ServingStatus status = isServing() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
      services.forEach(service -> manager.setStatus(service, status));
    }
  }

  /** One probe and what it said last. */
  private static final class Watched {

    private final BackendProbe probe;
    private @Nullable Thread asking;
    private volatile @Nullable Exception failure;
    private volatile boolean working;
    private boolean reported;

    Watched(BackendProbe probe, String owner, MeterRegistry meters) {
      this.probe = probe;
      Gauge.builder("prism.backend.up", this, watched -> watched.working ? 1 : 0)
          .tag("backend", probe.name())
          .tag("service", owner)
          .description("whether the store answers")
          .register(meters);
    }

    String name() {
      return probe.name();
    }

    void ask() {
      Thread before = asking;
      if (before == null || !before.isAlive()) {
        asking = Thread.ofVirtual().name("prism-probe-" + name()).start(this::check);
      }
    }

    private void check() {
      try {
        probe.check();
        failure = null;
      } catch (Exception e) {
        failure = e;
      }
    }

    boolean answer(Duration time) throws InterruptedException {
      Thread thread = asking;
      boolean answered = thread == null || thread.join(time);
      Exception refusal = failure;
      boolean now = answered && refusal == null;
      String why = answered ? String.valueOf(refusal) : "no answer in time";
      if (!now && working) {
        log.warn("{} does not work: {}", name(), why);
      } else if (!now && !reported) {
        log.info("{} does not work yet: {}", name(), why);
      } else if (now && !working) {
        log.info("{} works", name());
      }
      reported = true;
      working = now;
      if (!answered && thread != null) {
        thread.interrupt();
      }
      return now;
    }
  }
}
