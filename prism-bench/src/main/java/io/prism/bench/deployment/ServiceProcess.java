package io.prism.bench.deployment;

import io.prism.local.engine.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One service in a process of its own, on ports of its own that stay the same over its starts. It
 * ends with the process that started it. Not thread-safe.
 */
public final class ServiceProcess implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);
  private static final long POLL_MILLIS = 50;

  private final String name;
  private final List<String> command;
  private final String properties;
  private final Path log;
  private final int port;
  private final ManagementPort management;
  private @Nullable Process process;

  /**
   * @param name what people know it by, also the name of its log
   * @param jar what {@code java -jar} runs
   * @param options further options of the JVM
   * @param properties Spring Boot properties; ports and addresses are not among them
   */
  ServiceProcess(
      String name,
      Path jar,
      Path parentWatch,
      List<String> options,
      Map<String, String> properties,
      Path logs) {
    this.name = name;
    this.log = logs.resolve(name + ".log");
    this.port = FreePort.choose();
    this.management = new ManagementPort(HOST, FreePort.choose());
    this.command = command(jar, parentWatch, options);
    this.properties = json(properties, port, management.port());
  }

  private static List<String> command(Path jar, Path parentWatch, List<String> options) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-javaagent:" + parentWatch);
    words.addAll(options);
    words.addAll(List.of("-jar", jar.toString()));
    return List.copyOf(words);
  }

  private static String json(Map<String, String> properties, int port, int managementPort) {
    Map<String, String> all = new HashMap<>(properties);
    all.put("spring.grpc.server.address", HOST);
    all.put("spring.grpc.server.port", Integer.toString(port));
    all.put("server.address", HOST);
    all.put("server.port", Integer.toString(managementPort));
    return JsonMapper.shared().writeValueAsString(all);
  }

  /** What people know it by. */
  public String name() {
    return name;
  }

  /** Where it serves gRPC, as {@code host:port}. */
  public String address() {
    return HOST + ":" + port;
  }

  /** Its HTTP port: health, metrics, JWKS. */
  public ManagementPort management() {
    return management;
  }

  /**
   * Starts the process and returns at once.
   *
   * @throws StartException when it runs already or cannot be started
   */
  public void launch() {
    if (isAlive()) {
      throw new StartException(name + " runs already, as process " + pid());
    }
    try {
      Files.createDirectories(log.getParent());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      // Of all that a service may be given, only the environment is nobody else's to read.
      builder.environment().put("SPRING_APPLICATION_JSON", properties);
      builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
      process = builder.start();
    } catch (IOException e) {
      throw new StartException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns when the service takes calls.
   *
   * @throws StartException with the end of its log, when it ends by itself or is not ready in time
   */
  public void awaitReady() throws InterruptedException {
    Process started = running();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!management.isReady()) {
      if (started.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw failure("ended with status " + started.exitValue() + " while starting");
      }
      if (System.nanoTime() - deadline > 0) {
        throw failure("is not ready after " + START_LIMIT.toSeconds() + " s");
      }
    }
  }

  /** Starts the process and returns when the service takes calls. */
  public void start() throws InterruptedException {
    launch();
    awaitReady();
  }

  /** Whether the process is there. */
  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The id of the running process. */
  public long pid() {
    return running().pid();
  }

  /**
   * The time that all threads of the running process have spent on a CPU since it started,
   * collector and compiler included. Asking costs the service nothing.
   */
  public Duration cpuTime() {
    return running()
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> failure("has no CPU time: it is gone, or the system does not tell"));
  }

  /** Heap in use after a full collection, which this causes, in bytes. */
  public double liveHeap() throws InterruptedException {
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process collection =
          new ProcessBuilder(tool, Long.toString(pid()), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!collection.waitFor(KILL_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        collection.destroyForcibly();
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot collect the garbage of " + name + ": " + e, e);
    }
    return management.heapUsed();
  }

  /** Ends the process in order, by force when it takes too long. */
  public void stop() {
    if (isAlive()) {
      running().destroy();
      if (!hasEnded(STOP_PATIENCE)) {
        kill();
      }
    }
  }

  /** Ends the process as a crash would, and returns when it is gone. */
  public void kill() {
    if (isAlive()) {
      running().destroyForcibly();
      if (!hasEnded(KILL_PATIENCE)) {
        throw new StartException(name + " cannot be stopped: process " + pid() + " survives it");
      }
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** The last lines of what the service has logged. */
  public String endOfLog() {
    return LogFile.end(log);
  }

  private Process running() {
    Process started = process;
    if (started == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return started;
  }

  /**
   * An interrupt must not cut this short, or the process would stay behind: it is bounded anyway.
   */
  private boolean hasEnded(Duration patience) {
    boolean interrupted = Thread.interrupted();
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (true) {
        try {
          var _ = running().onExit().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
          return true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (TimeoutException | ExecutionException e) {
          return false;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private StartException failure(String what) {
    return new StartException(name + " " + what + "; the end of " + log + ":\n" + endOfLog());
  }
}
