package io.prism.bench.deployment;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.prism.local.engine.Engine;
import io.prism.local.engine.EngineProcesses;
import io.prism.local.engine.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Redis with vector sets, 8 or newer, that is installed on the machine; the one that local mode
 * brings is older. Writes its log of commands as local mode's does.
 */
final class VectorSetsEngine implements Engine {
  private static final InstalledProgram PROGRAM =
      new InstalledProgram("redis-server", "redis-server 8", "PRISM_REDIS_SERVER");
  private static final String HOST = "127.0.0.1";
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final int POLL_MILLIS = 25;

  /** Its processes are known by it. */
  private final Path data;

  private final EngineProcesses processes;
  private int port;

  /**
   * @param folder that holds the deployment's data
   */
  VectorSetsEngine(Path folder) {
    data = folder.resolve("redis8");
    processes =
        new EngineProcesses(name(), folder.resolve("logs/redis8.log"), "TERM", this::isOurs);
  }

  private boolean isOurs(ProcessHandle.Info info) {
    return Arrays.asList(info.arguments().orElse(new String[0])).contains(data.toString());
  }

  @Override
  public String name() {
    return "Redis 8";
  }

  @Override
  public String address() {
    return HOST + ":" + port;
  }

  String url() {
    return "redis://" + address();
  }

  /** Why it cannot be started, if it cannot. */
  Optional<String> missing() throws InterruptedException {
    Optional<String> missing = PROGRAM.missing();
    return missing.isPresent() ? missing : tooOld(PROGRAM.require());
  }

  private static Optional<String> tooOld(Path program) throws InterruptedException {
    try {
      Process version =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      String said = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      version.waitFor();
      return said.matches("(?s).*\\bv=([89]|[1-9]\\d+)\\..*")
          ? Optional.empty()
          : Optional.of("%s is no Redis 8: %s".formatted(program, said.strip()));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void start() throws InterruptedException {
    processes.stop(STOP_PATIENCE);
    port = FreePort.choose();
    Process server = processes.start(new ProcessBuilder(command()));
    Instant deadline = Instant.now().plus(START_LIMIT);
    while (!isOurs(server)) {
      if (server.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw processes.failure("ended with status " + server.exitValue() + " while starting");
      }
      if (Instant.now().isAfter(deadline)) {
        throw processes.failure("is not ready after " + START_LIMIT.toSeconds() + " s");
      }
    }
  }

  private List<String> command() {
    try {
      Files.createDirectories(data);
    } catch (IOException e) {
      throw new StartException("cannot make " + data + ": " + e, e);
    }
    return List.of(
        PROGRAM.require().toString(),
        "--bind",
        HOST,
        "--port",
        Integer.toString(port),
        "--dir",
        data.toString(),
        "--appendonly",
        "yes",
        "--save",
        "",
        // Its arguments are what tells it from others.
        "--set-proc-title",
        "no");
  }

  /** Whether the server at the port is the process; another may have taken it since. */
  private boolean isOurs(Process server) {
    try (RedisClient client = RedisClient.create(url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      return connection.sync().info("server").contains("process_id:" + server.pid() + "\r");
    } catch (RedisException e) {
      return false;
    }
  }

  @Override
  public void stop() {
    processes.stop(STOP_PATIENCE);
  }
}
