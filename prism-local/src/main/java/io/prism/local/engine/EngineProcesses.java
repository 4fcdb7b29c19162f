package io.prism.local.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one engine over one data folder, whichever run of Prism started them.
 *
 * <p>They are told by their command line, not by a remembered process id: that also finds the child
 * of a parent killed before it could write anything down, and never hits a stranger that was given
 * an old id.
 */
public final class EngineProcesses {
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);
  private static final Duration RESCAN = Duration.ofMillis(100);
  private static final long LOG_LIMIT_BYTES = 10L << 20;
  private static final int LAST_LINES = 12;

  private final String name;
  private final Path log;
  private final String stopSignal;
  private final Predicate<ProcessHandle.Info> ours;
  private volatile @Nullable Process child;

  /**
   * @param stopSignal what the engine takes as "finish and end", a name that {@code kill -s} knows
   * @param ours whether a command line is this engine's, over this data folder
   */
  public EngineProcesses(
      String name, Path log, String stopSignal, Predicate<ProcessHandle.Info> ours) {
    this.name = name;
    this.log = log;
    this.stopSignal = stopSignal;
    this.ours = ours;
  }

  /** Starts a child whose output goes to the engine's log. */
  public Process start(ProcessBuilder command) {
    try {
      rotateLog();
      Process started =
          command
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      child = started;
      return started;
    } catch (IOException e) {
      throw new StartException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** Runs a child to its end, which must come within the limit and be a success. */
  void run(ProcessBuilder command, Duration limit) throws InterruptedException {
    Process started = start(command);
    if (!started.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw failure("is not done with " + program(command) + " after " + limit.toSeconds() + " s");
    }
    if (started.exitValue() != 0) {
      throw failure(program(command) + " ended with status " + started.exitValue());
    }
  }

  /** A failure that carries the end of the engine's log. */
  public StartException failure(String what) {
    return new StartException(name + " " + what + "; the end of " + log + ":\n" + lastLines());
  }

  List<ProcessHandle> running() {
    Stream<ProcessHandle> found =
        ProcessHandle.allProcesses().filter(process -> ours.test(process.info()));
    Process started = child;
    // Between fork and exec a child still has its parent's command line.
    Stream<ProcessHandle> last = started == null ? Stream.empty() : Stream.of(started.toHandle());
    return Stream.concat(found, last).filter(ProcessHandle::isAlive).distinct().toList();
  }

  /** Asks every process to end, and kills those that are left when the patience is used up. */
  public void stop(Duration patience) {
    List<ProcessHandle> left = running();
    if (left.isEmpty()) {
      return;
    }
    signal(left);
    if (awaitNone(patience)) {
      return;
    }
    running().forEach(ProcessHandle::destroyForcibly);
    if (!awaitNone(KILL_PATIENCE)) {
      throw new StartException(
          name + " cannot be stopped: process " + ids(running()) + " survives kill -9");
    }
  }

  /** Only to the first of each family: a server tells its workers itself, in its own order. */
  private void signal(List<ProcessHandle> processes) {
    List<ProcessHandle> first =
        processes.stream()
            .filter(process -> process.parent().filter(processes::contains).isEmpty())
            .toList();
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "kill -s \"$0\" \"$@\"", stopSignal));
    first.forEach(process -> command.add(Long.toString(process.pid())));
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      first.forEach(ProcessHandle::destroy);
    }
  }

  private boolean awaitNone(Duration patience) {
    Instant deadline = Instant.now().plus(patience);
    // An interrupt must not cut this short, or the engine would stay behind: it is bounded anyway.
    boolean interrupted = Thread.interrupted();
    try {
      List<ProcessHandle> left = running();
      while (!left.isEmpty() && Instant.now().isBefore(deadline)) {
        interrupted |= !awaitExit(left);
        left = running();
      }
      return left.isEmpty();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Looks again soon, since a server may start a worker while it ends and a zombie never reports.
   */
  private static boolean awaitExit(List<ProcessHandle> processes) {
    CompletableFuture<?>[] exits =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(exits).get(RESCAN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      return false;
    }
    return true;
  }

  private void rotateLog() throws IOException {
    Files.createDirectories(log.getParent());
    if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private String lastLines() {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return all.stream()
          .skip(Math.max(0, all.size() - LAST_LINES))
          .map(line -> "    " + line)
          .collect(Collectors.joining("\n"));
    } catch (IOException | UncheckedIOException e) {
      return "    (not readable: " + e.getMessage() + ")";
    }
  }

  private static String program(ProcessBuilder command) {
    return String.join(" ", command.command().subList(0, 1));
  }

  private static String ids(List<ProcessHandle> processes) {
    return processes.stream()
        .map(process -> Long.toString(process.pid()))
        .collect(Collectors.joining(", "));
  }
}
