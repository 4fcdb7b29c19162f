package io.prism.redis.testing;

import io.prism.starter.testing.Await;
import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.Signals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/**
 * A Redis in a process of its own, which can be killed, started again empty, and frozen. It ends
 * with the test, or at the latest with this JVM. Its binary is from a library, whose launcher is
 * not used: it adopts strangers and leaves processes behind.
 */
public final class RedisProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final int ANSWER_LIMIT_MILLIS = 1_000;

  // A node of a cluster also listens at its port and this.
  private static final int BUS_OFFSET = 10_000;
  private static final int MAX_PORT = 65_535;
  private static final int SLOTS = 16_384;

  private final Path folder;
  private final Path binary;
  private final int port;
  private final List<String> options;
  private final Thread end = new Thread(this::kill);
  private Process process;

  /** Starts it on a free port of the loopback interface. */
  public RedisProcess() {
    this(List.of());
  }

  private RedisProcess(List<String> options) {
    this(options, null);
  }

  /**
   * Starts one of a binary that is there, as {@link #RedisProcess()} does.
   *
   * @param binary an executable file
   */
  public static RedisProcess of(Path binary) {
    return new RedisProcess(List.of(), binary);
  }

  private RedisProcess(List<String> options, @Nullable Path given) {
    this.options = options;
    try {
      folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "redis");
      if (given == null) {
        binary = folder.resolve("redis-server");
        unpack(binary);
      } else {
        binary = given;
      }
      port = portWithBus();
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(end);
    awaitAnswer();
  }

  private static int portWithBus() {
    int port = FreePort.find();
    while (port + BUS_OFFSET > MAX_PORT) {
      port = FreePort.find();
    }
    return port;
  }

  /** Starts one that replicates this one; returns when it has all that this one has. */
  public RedisProcess replica() {
    RedisProcess replica =
        new RedisProcess(
            List.of(
                "--replicaof",
                "127.0.0.1",
                Integer.toString(port),
                "--repl-diskless-sync",
                "yes",
                "--repl-diskless-sync-delay",
                "0"));
    Await.until(
        "the replica to be in step",
        START_LIMIT,
        () -> replica.ask("INFO replication").contains("master_link_status:up"));
    return replica;
  }

  /**
   * Starts a sentinel that promotes a replica of this one within about two seconds when this one is
   * down; returns when it knows one.
   *
   * @param name by which clients ask for the primary
   */
  public RedisProcess sentinel(String name) {
    RedisProcess sentinel = new RedisProcess(List.of("--sentinel"));
    sentinel.ask("SENTINEL MONITOR " + name + " 127.0.0.1 " + port + " 1");
    sentinel.ask("SENTINEL SET " + name + " down-after-milliseconds 500 failover-timeout 2000");
    Await.until(
        "the sentinel to know the replica",
        START_LIMIT,
        () -> sentinel.ask("SENTINEL REPLICAS " + name).contains("master-link-status\r\n$2\r\nok"));
    return sentinel;
  }

  /** Starts a cluster of so many primaries; returns when each of them knows all slots. */
  public static List<RedisProcess> cluster(int size) {
    List<RedisProcess> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      nodes.add(new RedisProcess(List.of("--cluster-enabled", "yes")));
    }
    for (int i = 0; i < size; i++) {
      StringBuilder slots = new StringBuilder("CLUSTER ADDSLOTS");
      for (int slot = i; slot < SLOTS; slot += size) {
        slots.append(' ').append(slot);
      }
      nodes.get(i).ask(slots.toString());
      nodes.getFirst().ask("CLUSTER MEET 127.0.0.1 " + nodes.get(i).port);
    }
    for (RedisProcess node : nodes) {
      Await.until(
          "the cluster",
          START_LIMIT,
          () ->
              node.ask("CLUSTER INFO").contains("cluster_state:ok")
                  && node.ask("CLUSTER INFO").contains("cluster_known_nodes:" + size));
    }
    return nodes;
  }

  private static void unpack(Path binary) throws IOException {
    Path library =
        Path.of(RedisServer.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    String platform = platform();
    try (JarFile jar = new JarFile(library.toFile())) {
      JarEntry entry =
          jar.stream()
              .filter(file -> file.getName().contains("redis-server"))
              .filter(file -> file.getName().endsWith(platform))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("no Redis for " + platform));
      try (InputStream in = jar.getInputStream(entry)) {
        Files.copy(in, binary);
      }
    }
    if (!binary.toFile().setExecutable(true)) {
      throw new IllegalStateException(binary + " cannot be made executable");
    }
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    return (system.contains("mac") ? "darwin" : "linux") + "-" + (arm ? "arm64" : "amd64");
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    if (options.contains("--sentinel")) {
      // It writes down what it knows.
      Path configuration = folder.resolve("sentinel.conf");
      Files.writeString(
          configuration, "port " + port + "\nbind 127.0.0.1\ndir \"" + folder + "\"\n");
      command.add(configuration.toString());
    } else {
      command.addAll(
          List.of(
              "--port",
              Integer.toString(port),
              "--bind",
              "127.0.0.1",
              "--save",
              "",
              "--appendonly",
              "no",
              "--dir",
              folder.toString()));
    }
    command.addAll(options);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out.log").toFile()))
        .start();
  }

  /** Proves that who answers is our own process, and not somebody on the same port. */
  private void awaitAnswer() {
    Await.until(
        "the answer of our own Redis",
        START_LIMIT,
        () -> ask("INFO server").contains("process_id:" + process.pid() + "\r\n"));
  }

  /** The answer to a command, as it comes; empty when there is none. */
  public String ask(String command) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_LIMIT_MILLIS);
      socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
      socket
          .getOutputStream()
          .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** Where it listens, as {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Where it listens, as {@code spring.data.redis.url} takes it. */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends the process as a crash would; all that it had is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts it again, empty. */
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
    Runtime.getRuntime().removeShutdownHook(end);
  }
}
