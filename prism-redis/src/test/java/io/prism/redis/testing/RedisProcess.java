package io.prism.redis.testing;

import io.prism.starter.testing.Await;
import io.prism.starter.testing.FreePort;
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
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import redis.embedded.RedisServer;

/**
 * A Redis in a process of its own, which can be killed, started again empty, and frozen. It ends
 * with the test, or at the latest with this JVM. Its binary is from a library, whose launcher is
 * not used: it adopts strangers and leaves processes behind.
 */
public final class RedisProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final int ANSWER_LIMIT_MILLIS = 1_000;

  private final Path folder;
  private final int port;
  private final Thread end = new Thread(this::kill);
  private Process process;

  /** Starts it on a free port of the loopback interface. */
  public RedisProcess() {
    try {
      folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "redis");
      unpack(folder.resolve("redis-server"));
      port = FreePort.find();
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(end);
    awaitAnswer();
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
    List<String> command =
        List.of(
            folder.resolve("redis-server").toString(),
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder.toString());
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
        () -> info().contains("process_id:" + process.pid() + "\r\n"));
  }

  private String info() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_LIMIT_MILLIS);
      socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
      socket.getOutputStream().write("INFO server\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
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
    signal("STOP");
  }

  /** Ends what {@link #freeze} began. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill -" + name + " ended with " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(end);
  }
}
