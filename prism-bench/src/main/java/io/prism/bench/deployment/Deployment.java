package io.prism.bench.deployment;

import io.prism.local.engine.Engine;
import io.prism.local.engine.RedisEngine;
import io.prism.local.engine.StartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Services over stores of their own, each in its own process on the loopback address, with data
 * that goes when the deployment is closed. What is asked for is started when it is first asked for,
 * together with what it needs. Not thread-safe.
 */
public final class Deployment implements AutoCloseable {
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // Lucene computes several times faster with it.
          "--add-modules=jdk.incubator.vector");
  private static final List<String> MEMORY = List.of("-XX:+UseSerialGC", "-Xmx512m");

  private final Checkout checkout;
  private final RunFolder folder;
  private final List<String> options;
  private final Consumer<String> progress;
  private final Secrets secrets = Secrets.random();
  private final Stores stores;
  private final Map<Service, ServiceProcess> services = new EnumMap<>(Service.class);
  private final Map<Service, Integer> replicas = new EnumMap<>(Service.class);
  private final List<ServiceProcess> processes = new ArrayList<>();

  private Deployment(
      Checkout checkout, RunFolder folder, List<String> options, Consumer<String> progress) {
    this.checkout = checkout;
    this.folder = folder;
    this.options = options;
    this.progress = progress;
    this.stores = new Stores(folder.path(), checkout.kafkaHome(), progress);
  }

  /**
   * A deployment in which nothing runs yet.
   *
   * @param parent the folder below which deployments keep their data; those of killed drivers are
   *     removed from it
   * @param options options of the services' JVMs, after their standard ones
   * @param progress takes a line for the user whenever there is something to tell, from any thread
   */
  public static Deployment below(
      Path parent, Checkout checkout, List<String> options, Consumer<String> progress) {
    RunFolder folder = RunFolder.below(parent, left -> Stores.stopLeft(left, checkout.kafkaHome()));
    return new Deployment(checkout, folder, List.copyOf(options), progress);
  }

  /** What the services' JVMs are told about memory, and what they are told beyond the standard. */
  public List<String> notableOptions() {
    return Stream.concat(MEMORY.stream(), options.stream()).toList();
  }

  /** A key with which a client may do everything. */
  public String apiKey() {
    return secrets.apiKey();
  }

  /** The broker, running. */
  public Engine kafka() throws InterruptedException {
    return stores.kafka();
  }

  /** Redis, running. */
  public RedisEngine redis() throws InterruptedException {
    return stores.redis();
  }

  /** The address of a Redis with vector sets, running. */
  public String vectorSetsUrl() throws InterruptedException {
    return stores.vectorSetsUrl();
  }

  /** nats-server, running. */
  public Engine nats() throws InterruptedException {
    return stores.nats();
  }

  /** What stands in for S3, running. */
  public S3Access s3() throws InterruptedException {
    return stores.s3();
  }

  /** The database of the services, on a running PostgreSQL. */
  public Database database() throws InterruptedException {
    return stores.database();
  }

  /** A file or folder for whoever keeps data without a store of its own; removed at the end. */
  public Path file(String name) {
    return folder.path().resolve(name);
  }

  /** Why a service cannot run on this machine, if it cannot: a store that local mode lacks. */
  public Optional<String> missing(Service service) throws InterruptedException {
    for (Store store : service.stores()) {
      Optional<String> missing = stores.missing(store);
      if (missing.isPresent()) {
        return missing;
      }
    }
    return Optional.empty();
  }

  /** The first instance of a service, running. */
  public ServiceProcess service(Service service) throws InterruptedException {
    start(Set.of(service));
    return first(service);
  }

  /** Starts the first instances of some services side by side. */
  public void start(Collection<Service> wanted) throws InterruptedException {
    Set<Service> needed = EnumSet.of(Service.SESSION);
    needed.addAll(wanted);
    needed.removeAll(services.keySet());
    if (needed.isEmpty()) {
      return;
    }
    Set<Store> under = EnumSet.noneOf(Store.class);
    needed.forEach(service -> under.addAll(service.stores()));
    stores.start(under);
    needed.forEach(service -> services.put(service, process(service, service.title(), Map.of())));
    try {
      awaitReady(needed);
    } catch (StartException e) {
      // The next scenario that needs them tries again.
      needed.forEach(service -> first(service).kill());
      services.keySet().removeAll(needed);
      throw e;
    }
  }

  private void awaitReady(Set<Service> needed) throws InterruptedException {
    long begin = System.nanoTime();
    for (Service service : needed) {
      first(service).launch();
    }
    for (Service service : needed) {
      first(service).awaitReady();
      tellReady(first(service), begin);
    }
  }

  /**
   * Another instance of a service, running, on ports of its own and over the same stores.
   *
   * @param properties Spring Boot properties that only it has
   */
  public ServiceProcess replica(Service service, Map<String, String> properties)
      throws InterruptedException {
    start(Set.of(service));
    int number = replicas.merge(service, 1, Integer::sum) + 1;
    ServiceProcess replica = process(service, service.title() + "-" + number, properties);
    long begin = System.nanoTime();
    replica.start();
    tellReady(replica, begin);
    return replica;
  }

  /** The last lines that the first instance of a service has logged, empty when there is none. */
  public String endOfLog(Service service) {
    ServiceProcess process = services.get(service);
    return process == null ? "" : process.endOfLog();
  }

  /** Ends everything and removes the data. */
  @Override
  public void close() {
    processes.reversed().forEach(this::close);
    stores.close();
    folder.close();
  }

  private void close(ServiceProcess process) {
    try {
      process.close();
    } catch (StartException e) {
      progress.accept(e.getMessage());
    }
  }

  private ServiceProcess first(Service service) {
    ServiceProcess process = services.get(service);
    if (process == null) {
      throw new IllegalStateException(service + " was not asked for");
    }
    return process;
  }

  private ServiceProcess process(Service service, String name, Map<String, String> properties) {
    List<String> all = new ArrayList<>(OPTIONS);
    all.addAll(notableOptions());
    Map<String, String> given = propertiesOf(service);
    given.putAll(properties);
    ServiceProcess process =
        new ServiceProcess(
            name,
            checkout.jar(service),
            checkout.parentWatch(),
            all,
            given,
            folder.path().resolve("logs"));
    processes.add(process);
    return process;
  }

  private Map<String, String> propertiesOf(Service service) {
    Map<String, String> properties = new HashMap<>();
    properties.put("prism.internal.token", secrets.internalToken());
    if (service == Service.SESSION) {
      properties.put("prism.session.server.bootstrap-api-key", secrets.apiKey());
      properties.put("prism.session.server.encryption-key", secrets.encryptionKey());
    } else {
      ServiceProcess session = first(Service.SESSION);
      properties.put("prism.session.feed.address", session.address());
      properties.put(
          "prism.session.jwks-uri", session.management().page("/.well-known/jwks.json").toString());
    }
    if (service == Service.READER) {
      properties.put("prism.reader.cursor-key", secrets.cursorKey());
    }
    if (service == Service.TIMESERIES) {
      properties.put("prism.timeseries.store", "duckdb");
      properties.put("prism.timeseries.duckdb.folder", file("timeseries").toString());
    }
    if (service == Service.VECTOR) {
      properties.put("prism.vector.store", "lucene");
      properties.put("prism.vector.lucene.folder", file("vectors").toString());
    }
    if (service == Service.VECTOR_REDIS) {
      properties.put("prism.vector.store", "redis");
    }
    service.stores().forEach(store -> properties.putAll(stores.properties(store)));
    properties.putAll(service.properties());
    return properties;
  }

  private void tellReady(ServiceProcess process, long begin) {
    progress.accept(
        "  %s ready in %.1f s (%s)"
            .formatted(
                process.name(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0,
                process.address()));
  }
}
