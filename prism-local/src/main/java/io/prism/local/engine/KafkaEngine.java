package io.prism.local.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * One Kafka broker that is its own controller, in a JVM of its own, because its class path and
 * Spring Boot's cannot share one.
 */
public final class KafkaEngine implements Engine {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 25;
  private static final String HOST = "127.0.0.1";
  private static final String MAIN_CLASS = "io.prism.local.kafka.Broker";
  private static final String SETTINGS = "server.properties";

  private final Path home;
  private final Path data;
  private final Path settings;
  private final Path ports;
  private final EngineProcesses processes;
  private volatile int port;

  /**
   * @param folder the real path of the folder that holds everything local mode keeps
   * @param home the folder whose {@code kafka} holds the broker's jars
   */
  public KafkaEngine(Path folder, Path home) {
    this.home = home;
    data = folder.resolve("kafka");
    settings = data.resolve(SETTINGS);
    ports = folder.resolve("ports");
    processes =
        new EngineProcesses(name(), folder.resolve("logs/kafka.log"), "TERM", this::isOurBroker);
  }

  @Override
  public String name() {
    return "Kafka";
  }

  @Override
  public String address() {
    return HOST + ":" + port;
  }

  @Override
  public void start() throws InterruptedException {
    processes.stop(STOP_PATIENCE);
    if (!Files.isDirectory(home.resolve("kafka"))) {
      throw new StartException(
          "no Kafka at " + home.resolve("kafka") + ", expected its jars there");
    }
    port = RememberedPort.in(ports.resolve("kafka"));
    try {
      Files.createDirectories(data);
      writeSettings(RememberedPort.in(ports.resolve("kafka-controller")));
    } catch (IOException e) {
      throw new StartException("cannot prepare " + data + ": " + e, e);
    }
    awaitReady(processes.start(broker()));
  }

  @Override
  public void stop() {
    processes.stop(STOP_PATIENCE);
  }

  List<ProcessHandle> running() {
    return processes.running();
  }

  private void writeSettings(int controllerPort) throws IOException {
    Map<String, String> values =
        Map.ofEntries(
            Map.entry("node.id", "1"),
            Map.entry("process.roles", "broker,controller"),
            Map.entry(
                "listeners",
                "PLAINTEXT://%s,CONTROLLER://%s:%d".formatted(address(), HOST, controllerPort)),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("controller.quorum.voters", "1@%s:%d".formatted(HOST, controllerPort)),
            // Relative to the working directory: a comma in the folder's name would split it.
            Map.entry("log.dirs", "log"),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.num.partitions", "4"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "4"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
            // A start after a kill waits until the broker's former session is over.
            Map.entry("broker.session.timeout.ms", "2000"),
            Map.entry("broker.heartbeat.interval.ms", "500"));
    Properties properties = new Properties();
    properties.putAll(values);
    try (OutputStream file = Files.newOutputStream(settings)) {
      properties.store(file, "Written at every start");
    }
  }

  private ProcessBuilder broker() {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx192m",
            // Written when a broker ends, read by the next: it halves the CPU time of a start.
            "-XX:+AutoCreateSharedArchive",
            "-XX:SharedArchiveFile=" + home.resolve("kafka.jsa"),
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "-cp",
            home.resolve("kafka") + "/*",
            MAIN_CLASS,
            settings.toString());
    builder.directory(data.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder;
  }

  private void awaitReady(Process broker) throws InterruptedException {
    Instant deadline = Instant.now().plus(START_LIMIT);
    while (!accepts()) {
      if (broker.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw processes.failure("ended with status " + broker.exitValue() + " while starting");
      }
      if (Instant.now().isAfter(deadline)) {
        throw processes.failure("is not ready after " + START_LIMIT.toSeconds() + " s");
      }
    }
    requireOwn();
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(HOST), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Another broker may have taken the port since it was chosen. */
  private void requireOwn() throws InterruptedException {
    Map<String, Object> configuration =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            address(),
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) START_LIMIT.toMillis());
    try (Admin admin = Admin.create(configuration)) {
      String served =
          admin.describeCluster().clusterId().get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (!served.equals(formattedClusterId())) {
        throw processes.failure(
            "is not what answers on " + address() + ": cluster " + served + " does");
      }
    } catch (ExecutionException | TimeoutException | IOException e) {
      throw processes.failure("does not say which cluster it is (" + e.getMessage() + ")");
    }
  }

  private String formattedClusterId() throws IOException {
    Properties storage = new Properties();
    try (InputStream file = Files.newInputStream(data.resolve("log/meta.properties"))) {
      storage.load(file);
    }
    return storage.getProperty("cluster.id", "");
  }

  private boolean isOurBroker(ProcessHandle.Info info) {
    List<String> arguments = info.arguments().map(Arrays::asList).orElse(List.of());
    return arguments.contains(MAIN_CLASS) && arguments.contains(settings.toString());
  }
}
