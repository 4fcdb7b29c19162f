package io.prism.local.engine;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server that survives: what it was told is on disk within a second.
 *
 * <p>It holds 256 MB at most. When that is full, it drops the entries that would expire anyway, the
 * least recently used first; one that is never to expire stays, and when all that is left is of
 * that kind, writes fail.
 *
 * <p>Only the program of embedded-redis is used. Its launcher is made for tests: it keeps nothing,
 * unpacks to a shared folder, and leaves its server behind when its parent is killed.
 */
public final class RedisEngine implements Engine {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 25;
  private static final String HOST = "127.0.0.1";
  private static final String SETTINGS = "redis.conf";

  private final Path programs;
  private final Path data;
  private final Path passwordFile;
  private final Path portFile;
  private final EngineProcesses processes;
  private volatile int port;
  private volatile @Nullable String password;

  /**
   * @param folder the real path of the folder that holds everything local mode keeps
   */
  public RedisEngine(Path folder) {
    programs = folder.resolve("redis-program");
    data = folder.resolve("redis");
    passwordFile = folder.resolve("redis.password");
    portFile = folder.resolve("ports/redis");
    processes =
        new EngineProcesses(
            name(), folder.resolve("logs/redis.log"), "TERM", this::isBelowPrograms);
  }

  /** Why there is no Redis for this machine; empty when there is one. */
  public Optional<String> missing() throws InterruptedException {
    Optional<URL> source = RedisProgram.forThisMachine();
    return source.isEmpty()
        ? Optional.of(
            "none comes with Prism for %s on %s"
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")))
        : RedisProgram.refusal(RedisProgram.copiedBelow(programs, source.get()));
  }

  @Override
  public String name() {
    return "Redis";
  }

  @Override
  public String address() {
    return HOST + ":" + port;
  }

  /** With the password in it. */
  public String url() {
    return "redis://:" + password() + "@" + address();
  }

  /** Made at random for this data folder, since other users of the machine can reach the port. */
  public String password() {
    String made = password;
    if (made == null) {
      throw new IllegalStateException("Redis has not been started");
    }
    return made;
  }

  @Override
  public void start() throws InterruptedException {
    processes.stop(STOP_PATIENCE);
    URL source =
        RedisProgram.forThisMachine()
            .orElseThrow(() -> new StartException("no Redis comes with Prism for this machine"));
    Path program = RedisProgram.copiedBelow(programs, source);
    port = RememberedPort.in(portFile);
    try {
      Files.createDirectories(data);
      String secret = keptPassword();
      password = secret;
      writePrivate(data.resolve(SETTINGS), settings(secret));
    } catch (IOException e) {
      throw new StartException("cannot prepare " + data + ": " + e, e);
    }
    ProcessBuilder server = new ProcessBuilder(program.toString(), SETTINGS);
    server.directory(data.toFile());
    awaitReady(processes.start(server));
  }

  @Override
  public void stop() {
    processes.stop(STOP_PATIENCE);
  }

  List<ProcessHandle> running() {
    return processes.running();
  }

  /** In a file and not on the command line, where every user of the machine could read it. */
  private String settings(String secret) {
    return """
        # Written at every start
        bind %s
        port %d
        requirepass %s
        protected-mode yes
        daemonize no
        pidfile redis.pid
        appendonly yes
        appendfsync everysec
        save ""
        maxmemory 256mb
        maxmemory-policy volatile-lru
        """
        .formatted(HOST, port, secret);
  }

  private String keptPassword() throws IOException {
    if (!Files.exists(passwordFile) || Files.size(passwordFile) == 0) {
      byte[] secret = new byte[16];
      new SecureRandom().nextBytes(secret);
      writePrivate(passwordFile, HexFormat.of().formatHex(secret));
    }
    return Files.readString(passwordFile);
  }

  private static void writePrivate(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content, StandardOpenOption.TRUNCATE_EXISTING);
  }

  private void awaitReady(Process server) throws InterruptedException {
    Instant deadline = Instant.now().plus(START_LIMIT);
    String last = "no answer";
    while (Instant.now().isBefore(deadline)) {
      if (server.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw processes.failure("ended with status " + server.exitValue() + " while starting");
      }
      try {
        requireOwnAndLoaded(server.pid());
        return;
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
    }
    throw processes.failure("is not ready after " + START_LIMIT.toSeconds() + " s (" + last + ")");
  }

  /** Another server may have taken the port since it was chosen: then ours ends, and says so. */
  private void requireOwnAndLoaded(long process) throws IOException {
    try (RedisConnection connection = RedisConnection.open(HOST, port, password())) {
      String state = String.valueOf(connection.call("INFO"));
      if (state.lines().noneMatch(("process_id:" + process)::equals)) {
        throw new IOException("a server answers that is not process " + process);
      }
      if (state.lines().noneMatch("loading:0"::equals)) {
        throw new IOException("it is still reading what it has kept");
      }
    }
  }

  private boolean isBelowPrograms(ProcessHandle.Info info) {
    return info.command().filter(command -> Path.of(command).startsWith(programs)).isPresent();
  }
}
