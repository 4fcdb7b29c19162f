package io.prism.starter.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A replica of a service in a process of its own, which can be killed and frozen. */
public final class ReplicaProcess implements AutoCloseable {

  private final Process process;

  /**
   * Starts it, at a small heap.
   *
   * @param application with the main method
   */
  public ReplicaProcess(Class<?> application, List<String> arguments) {
    this(List.of(), application, arguments);
  }

  /**
   * Starts it, at a small heap.
   *
   * @param options of its JVM, after the usual ones
   * @param application with the main method
   */
  public ReplicaProcess(List<String> options, Class<?> application, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(application.getName());
    command.addAll(arguments);
    try {
      File log = Files.createTempFile(Path.of("target"), "replica", ".log").toFile();
      process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process as a crash would. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  public boolean isAlive() {
    return process.isAlive();
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
}
