package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prism.cli.CommandLineTour;
import io.prism.local.demo.Demo;
import io.prism.local.engine.KafkaRecords;
import io.prism.local.engine.PostgresEngine;
import io.prism.local.engine.PostgresRows;
import io.prism.local.engine.RedisEngine;
import io.prism.local.engine.RedisValues;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As a user meets it: a process of its own. One folder for all tests, made by the first start. */
final class PrismLocalTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static Path folder;

  @TempDir Path output;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void resolve(@TempDir Path temporary) throws IOException {
    folder = temporary.toRealPath();
  }

  @AfterEach
  void killWhatIsLeft() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    processes().forEach(ProcessHandle::destroyForcibly);
    await().atMost(LIMIT).until(() -> processes().isEmpty());
  }

  @Test
  void servesUntilItIsAskedToEndAndLeavesNothingBehind() throws Exception {
    Started prism = start();
    prism.awaitReady();
    assertThat(prism.text())
        .contains("PostgreSQL ready in", "Kafka ready in", "Redis ready in", "Prism is ready");

    Started second = start();
    assertThat(second.exitStatus()).isEqualTo(1);
    assertThat(second.text())
        .isEqualTo(
            "prism: Prism is already running (pid %d, address 127.0.0.1:%s, data %s)\n",
            prism.process().pid(), prism.port(), folder);

    prism.process().destroy();
    assertThat(prism.exitStatus()).isEqualTo(143);
    assertThat(processes()).isEmpty();
    assertThat(folder.resolve("prism.pid")).doesNotExist();
  }

  @Test
  void servesTheExamplesOfTheSpecificationByEveryService() throws Exception {
    Started prism = start();
    prism.awaitReady();
    String address = "127.0.0.1:" + prism.port();

    Started demo = start(Demo.class, prism.port(), freePort());
    assertThat(demo.exitStatus()).as(demo.text()).isZero();
    assertThat(demo.text())
        .contains(
            "PubSub (RFC-002 §4.4)",
            "Cache (RFC-002 §14)",
            "from its copy in",
            "as it is now",
            "ObjectStore (RFC-002 §16)",
            "its metadata kept in the cache",
            "TimeSeries (RFC-002 §15)",
            "Vector (RFC-002 §17)")
        .doesNotContain("not served here");

    Started status = start(ServiceStatus.class, prism.port(), freePort(), address);
    assertThat(status.exitStatus()).as(status.text()).isZero();
    assertThat(status.text())
        .contains(
            "prism.cache.v1.CacheService",
            "prism.objectstore.v1.ObjectStoreService",
            "prism.pubsub.v1.PubSubService",
            "prism.timeseries.v1.TimeSeriesService",
            "prism.vector.v1.VectorService");

    String apiKey = Files.readString(folder.resolve("api-key")).strip();
    new CommandLineTour(address, apiKey, output).run();
  }

  @Test
  void comesBackWithAllDataAfterAKillAndReplacesTheEnginesLeftBehind() throws Exception {
    Started killed = start();
    killed.awaitReady();
    PostgresRows.insert(postgres(), password(), "rows", "kept");
    KafkaRecords.append(kafka(), "records", "kept");
    RedisValues.set(redis(), redisPassword(), "value", "kept");
    killed.process().destroyForcibly().waitFor();
    List<ProcessHandle> orphans = processes();
    assertThat(orphans).isNotEmpty();

    Started again = start();
    again.awaitReady();

    assertThat(orphans).noneMatch(ProcessHandle::isAlive);
    assertThat(PostgresRows.select(postgres(), password(), "SELECT value FROM rows"))
        .containsExactly("kept");
    assertThat(KafkaRecords.read(kafka(), "records")).containsExactly("kept");
    assertThat(RedisValues.get(redis(), redisPassword(), "value")).isEqualTo("kept");
  }

  @Test
  void endsWhatAKilledOneLeftBehindWithoutStartingAgain() throws Exception {
    new PostgresEngine(folder).start();
    new RedisEngine(folder).start();
    assertThat(processes()).isNotEmpty();

    Started sweep = start(StopEngines.class, freePort(), freePort());

    assertThat(sweep.exitStatus()).as(sweep.text()).isZero();
    assertThat(processes()).isEmpty();
    assertThat(folder.resolve("postgres/postmaster.pid")).doesNotExist();
    assertThat(folder.resolve("redis/redis.pid")).doesNotExist();
  }

  @Test
  void endsInOrderWhenItIsAskedToWhileStarting() throws Exception {
    Started prism = start();
    await().atMost(LIMIT).until(() -> !processes().isEmpty());

    prism.process().destroy();

    assertThat(prism.exitStatus()).isEqualTo(143);
    assertThat(processes()).isEmpty();
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Started prism = start(PrismLocal.class, taken.getLocalPort(), freePort());

      assertThat(prism.exitStatus()).isEqualTo(1);
      assertThat(prism.text())
          .startsWith("prism: the gRPC port " + taken.getLocalPort() + " is taken");
    }
  }

  private Started start() throws IOException {
    return start(PrismLocal.class, freePort(), freePort());
  }

  private Started start(Class<?> program, int port, int managementPort, String... arguments)
      throws IOException {
    Path text = Files.createTempFile(output, "prism", ".out");
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Dprism.home=" + System.getProperty("prism.home"),
                "-Dprism.data=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName())
            .redirectErrorStream(true)
            .redirectOutput(text.toFile());
    command.command().addAll(List.of(arguments));
    command.environment().put("PRISM_DATA", folder.toString());
    command.environment().put("PRISM_ADDRESS", "127.0.0.1:" + port);
    command.environment().put("PRISM_PORT", Integer.toString(port));
    command.environment().put("PRISM_MANAGEMENT_PORT", Integer.toString(managementPort));
    Process process = command.start();
    started.add(process);
    return new Started(process, port, text);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Found without the code under test: the engines' command lines name the folder. */
  private static List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
        .toList();
  }

  private static String postgres() throws IOException {
    return "jdbc:postgresql://127.0.0.1:" + remembered("ports/postgres") + "/postgres";
  }

  private static String password() throws IOException {
    return remembered("postgres.password");
  }

  private static String kafka() throws IOException {
    return "127.0.0.1:" + remembered("ports/kafka");
  }

  private static String redis() throws IOException {
    return "127.0.0.1:" + remembered("ports/redis");
  }

  private static String redisPassword() throws IOException {
    return remembered("redis.password");
  }

  private static String remembered(String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }

  private record Started(Process process, int port, Path output) {
    void awaitReady() {
      Path ready = folder.resolve("prism.ready");
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  !process.isAlive()
                      || (Files.exists(ready)
                          && Files.readString(ready).equals(process.pid() + "\n")));
      assertThat(process.isAlive()).as(text()).isTrue();
    }

    int exitStatus() throws InterruptedException {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    String text() {
      try {
        return Files.readString(output);
      } catch (IOException e) {
        return e.toString();
      }
    }
  }
}
