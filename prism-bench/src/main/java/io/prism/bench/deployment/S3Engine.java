package io.prism.bench.deployment;

import io.prism.local.engine.Engine;
import io.prism.local.engine.EngineProcesses;
import io.prism.local.engine.StartException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What stands in for S3: s3proxy over a folder, in a process of its own, because it is no part of
 * what is measured.
 */
final class S3Engine implements Engine {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 25;
  private static final int SECRET_BYTES = 16;
  private static final String HOST = "127.0.0.1";
  private static final String ACCESS_KEY = "prism-bench";

  private final Path folder;
  private final EngineProcesses processes;
  private final String secretKey = secret();
  private int port;

  /**
   * @param folder that holds the deployment's data
   */
  S3Engine(Path folder) {
    this.folder = folder.resolve("s3");
    this.processes =
        new EngineProcesses(name(), folder.resolve("logs/s3.log"), "TERM", this::isOurs);
  }

  private static String secret() {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  private boolean isOurs(ProcessHandle.Info info) {
    List<String> arguments = info.arguments().map(Arrays::asList).orElse(List.of());
    return arguments.contains(S3Server.class.getName()) && arguments.contains(folder.toString());
  }

  @Override
  public String name() {
    return "s3proxy";
  }

  @Override
  public String address() {
    return HOST + ":" + port;
  }

  S3Access access() {
    return new S3Access(URI.create("http://" + address()), ACCESS_KEY, secretKey);
  }

  @Override
  public void start() throws InterruptedException {
    processes.stop(STOP_PATIENCE);
    port = FreePort.choose();
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(S3Server.ready(folder));
    } catch (IOException e) {
      throw new StartException("cannot prepare " + folder + ": " + e, e);
    }
    Process server = processes.start(command());
    Instant deadline = Instant.now().plus(START_LIMIT);
    while (!Files.exists(S3Server.ready(folder))) {
      if (server.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw processes.failure("ended with status " + server.exitValue() + " while starting");
      }
      if (Instant.now().isAfter(deadline)) {
        throw processes.failure("is not ready after " + START_LIMIT.toSeconds() + " s");
      }
    }
  }

  private ProcessBuilder command() {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Enough that its collector is not what is measured.
            "-XX:+UseParallelGC",
            "-Xmx1g",
            "-Dlogback.configurationFile=logback-bench.xml",
            S3Server.class.getName(),
            folder.toString(),
            Integer.toString(port));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put(S3Server.ACCESS_KEY, ACCESS_KEY);
    builder.environment().put(S3Server.SECRET_KEY, secretKey);
    return builder;
  }

  @Override
  public void stop() {
    processes.stop(STOP_PATIENCE);
  }
}
