package io.prism.pubsub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.starter.testing.Await;
import io.prism.starter.testing.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A nats-server in a process of its own on a free port, which can be killed, started again and
 * frozen. It ends with this JVM, however that ends.
 */
public final class NatsServer implements AutoCloseable {

  /**
   * Starts a command, says its id, and ends it when whoever holds the other end of stdin is gone.
   */
  private static final String WATCH = "\"$@\" & echo $!; read -r _; kill -KILL $!; wait $!";

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final String binary;
  private final List<String> options;
  private final String name = UUID.randomUUID().toString();
  private final int port = FreePort.find();
  private final Path log;
  private Process watch;
  private long pid;

  NatsServer(String binary, String... options) {
    this.binary = binary;
    this.options = List.of(options);
    try {
      log = Files.createTempFile(Path.of("target"), "nats-server", ".log");
      watch = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitAnswer();
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", WATCH, "sh", binary));
    command.addAll(List.of("--addr", "127.0.0.1", "--port", Integer.toString(port)));
    command.addAll(List.of("--name", name, "--log", log.toString()));
    command.addAll(options);
    Process started =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    pid =
        Long.parseLong(
            new BufferedReader(
                    new InputStreamReader(started.getInputStream(), StandardCharsets.US_ASCII))
                .readLine());
    return started;
  }

  /** The port was free a moment ago; whoever answers must be the server started here. */
  private void awaitAnswer() {
    String greeting =
        Await.value("the answer of nats-server", LIMIT, this::greeting, said -> !said.isEmpty());
    assertThat(greeting).as("the server on port " + port).contains(name);
  }

  private String greeting() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(1000);
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      return "";
    }
  }

  /** For {@code prism.pubsub.nats.servers}. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** Ends the process as a crash would. */
  public void kill() {
    try {
      watch.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    watch.onExit().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Starts it again on its port. */
  public void start() {
    try {
      watch = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitAnswer();
  }

  /** Lets the process stand still: connections stay open and nothing is answered. */
  public void freeze() {
    signal("STOP");
  }

  /** Ends what {@link #freeze} began. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
      assertThat(kill.waitFor()).as("kill -" + signal).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
