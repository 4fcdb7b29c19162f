package io.prism.bench.deployment;

import io.prism.local.engine.Engine;
import io.prism.local.engine.EngineProcesses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A nats-server that is installed on the machine. */
final class NatsEngine implements Engine {
  private static final InstalledProgram PROGRAM =
      new InstalledProgram("nats-server", "nats-server", "PRISM_NATS_SERVER");
  private static final String HOST = "127.0.0.1";
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final int POLL_MILLIS = 25;

  /** By which its processes are known, and which its greeting carries. */
  private final String serverName;

  private final EngineProcesses processes;
  private int port;

  /**
   * @param folder that holds the deployment's data
   */
  NatsEngine(Path folder) {
    serverName = "prism-bench-" + Integer.toHexString(folder.toString().hashCode());
    processes = new EngineProcesses(name(), folder.resolve("logs/nats.log"), "TERM", this::isOurs);
  }

  private boolean isOurs(ProcessHandle.Info info) {
    return Arrays.asList(info.arguments().orElse(new String[0])).contains(serverName);
  }

  @Override
  public String name() {
    return "NATS";
  }

  @Override
  public String address() {
    return HOST + ":" + port;
  }

  /** Why it cannot be started, if it cannot. */
  Optional<String> missing() {
    return PROGRAM.missing();
  }

  @Override
  public void start() throws InterruptedException {
    processes.stop(STOP_PATIENCE);
    Path program = PROGRAM.require();
    port = FreePort.choose();
    List<String> command =
        List.of(
            program.toString(),
            "--addr",
            HOST,
            "--port",
            Integer.toString(port),
            "--name",
            serverName);
    Process server = processes.start(new ProcessBuilder(command));
    Instant deadline = Instant.now().plus(START_LIMIT);
    while (!greetsUs()) {
      if (server.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw processes.failure("ended with status " + server.exitValue() + " while starting");
      }
      if (Instant.now().isAfter(deadline)) {
        throw processes.failure("is not ready after " + START_LIMIT.toSeconds() + " s");
      }
    }
  }

  /** A server says its name first; another one may have taken the port since it was chosen. */
  private boolean greetsUs() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(HOST), port), 500);
      socket.setSoTimeout(500);
      String greeting =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      return greeting != null && greeting.contains('"' + serverName + '"');
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void stop() {
    processes.stop(STOP_PATIENCE);
  }
}
