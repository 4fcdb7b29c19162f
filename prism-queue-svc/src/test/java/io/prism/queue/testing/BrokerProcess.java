package io.prism.queue.testing;

import io.prism.starter.testing.Await;
import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.Signals;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** A broker in a process of its own, which can be killed, started again on its data, and frozen. */
public final class BrokerProcess implements AutoCloseable {

  private final Path folder;
  private final int port;
  private Process process;

  public BrokerProcess() {
    try {
      folder = Files.createTempDirectory(Path.of("target"), "broker");
      port = FreePort.find();
      int controller = FreePort.find();
      Files.writeString(
          folder.resolve("server.properties"),
          String.join(
              "\n",
              "process.roles=broker,controller",
              "node.id=1",
              "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller,
              "controller.listener.names=CONTROLLER",
              "controller.quorum.voters=1@127.0.0.1:" + controller,
              "log.dirs=" + folder.resolve("log").toAbsolutePath(),
              "offsets.topic.num.partitions=1",
              "offsets.topic.replication.factor=1",
              "transaction.state.log.num.partitions=1",
              "transaction.state.log.replication.factor=1",
              "transaction.state.log.min.isr=1",
              "share.coordinator.state.topic.replication.factor=1",
              "group.initial.rebalance.delay.ms=0",
              "log.cleaner.dedupe.buffer.size=2097152",
              "broker.session.timeout.ms=2000",
              "broker.heartbeat.interval.ms=500",
              ""));
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitAnswer();
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            folder.resolve("server.properties").toString())
        .redirectErrorStream(true)
        .redirectOutput(new File(folder.toFile(), "out.log"))
        .start();
  }

  private void awaitAnswer() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      Await.until(
          "the broker's answer",
          Duration.ofSeconds(60),
          () -> admin.describeCluster().nodes().get(60, TimeUnit.SECONDS).size() == 1);
    }
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Ends the process as a crash would. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts it again on its data. */
  public void start() {
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitAnswer();
  }

  /** Lets the process stand still: connections stay open and nothing is answered. */
  public void freeze() {
    Signals.send(process, "STOP");
  }

  /** Ends what {@link #freeze} began. */
  public void thaw() {
    Signals.send(process, "CONT");
  }

  @Override
  public void close() {
    kill();
  }

  /** What runs in the process. */
  public static final class Main {

    private Main() {}

    public static void main(String[] arguments) {
      Path properties = Path.of(arguments[0]);
      if (!Files.exists(properties.resolveSibling("log"))) {
        List<String> format =
            List.of(
                "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", arguments[0]);
        int status = StorageTool.execute(format.toArray(String[]::new), System.out);
        if (status != 0) {
          System.exit(status);
        }
      }
      Kafka.main(arguments);
    }
  }
}
