package io.prism.timeseries.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.backend.BackendProperties;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.ReplicaProcess;
import io.prism.timeseries.clickhouse.ClickHouseFailures;
import io.prism.timeseries.clickhouse.ClickHouseLink;
import io.prism.timeseries.clickhouse.ClickHouseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * A database of its own in ClickHouse: the server at the address in {@code PRISM_TEST_CLICKHOUSE}
 * ({@code http://user:password@host:8123}), else its engine from the library that {@code
 * PRISM_TEST_CHDB} names. Without either, tests are skipped, or fail when {@code
 * PRISM_REQUIRE_ENGINES} has {@code clickhouse} in it.
 */
public final class ClickHouseStand implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * Compiled code is stopped by a fault of memory, which the JVM handles. In a thread that came
   * back from a merge of the engine such a fault has once ended the process instead.
   */
  private static final List<String> INTERPRETED = List.of("-Xint");

  private static @Nullable URI shared;

  private final URI address;
  private final String database = "prism_" + UUID.randomUUID().toString().replace('-', '_');
  private final ClickHouseLink link;

  public ClickHouseStand() {
    this.address = address();
    this.link = connect();
  }

  private static synchronized URI address() {
    URI running = shared;
    if (running == null) {
      running = variable("PRISM_TEST_CLICKHOUSE").map(URI::create).orElseGet(ClickHouseStand::chdb);
      shared = running;
    }
    return running;
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  private static URI chdb() {
    String library = variable("PRISM_TEST_CHDB").orElseThrow(ClickHouseStand::missing);
    int port = FreePort.find();
    Path folder;
    try {
      folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "chdb");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ReplicaProcess process =
        new ReplicaProcess(
            INTERPRETED,
            ChdbServer.class,
            List.of(Integer.toString(port), library, folder.toString()));
    Runtime.getRuntime().addShutdownHook(new Thread(process::close));
    Await.until(
        "chdb to listen",
        LIMIT,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("chdb has ended; its log is in target/replica*.log");
          }
          return listens(port);
        });
    return URI.create("http://127.0.0.1:" + port);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static RuntimeException missing() {
    String message =
        "no ClickHouse: neither PRISM_TEST_CLICKHOUSE nor PRISM_TEST_CHDB is set; .ci/engines gets"
            + " chdb";
    List<String> required = List.of(variable("PRISM_REQUIRE_ENGINES").orElse("").split(",", -1));
    return required.contains("clickhouse")
        ? new IllegalStateException(message)
        : new TestAbortedException(message);
  }

  /** What a service over it is configured with. */
  public List<String> properties() {
    ClickHouseSettings settings = settings();
    return List.of(
        "prism.timeseries.store=clickhouse",
        "prism.timeseries.clickhouse.endpoint=" + settings.endpoint(),
        "prism.timeseries.clickhouse.database=" + settings.database(),
        "prism.timeseries.clickhouse.user=" + settings.user(),
        "prism.timeseries.clickhouse.password=" + password(),
        "prism.timeseries.clickhouse.compression=false");
  }

  /** The same for a store without a service. */
  public ClickHouseSettings settings() {
    return new ClickHouseSettings(
        URI.create("http://" + address.getHost() + ":" + address.getPort()),
        database,
        user(),
        password(),
        false,
        8,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }

  private String user() {
    String given = address.getUserInfo();
    return given == null ? "default" : given.split(":", 2)[0];
  }

  private String password() {
    String given = address.getUserInfo();
    return given == null || !given.contains(":") ? "" : given.split(":", 2)[1];
  }

  /** A connection of this stand's own, closed with it. */
  public ClickHouseLink link() {
    return link;
  }

  /** Another connection, as of another instance. */
  public ClickHouseLink connect() {
    return connect(settings());
  }

  /** A connection of other settings. */
  public static ClickHouseLink connect(ClickHouseSettings settings) {
    BackendGuards guards =
        new BackendGuards(
            new BackendProperties(
                50, 20, Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(3)),
            new SimpleMeterRegistry());
    return new ClickHouseLink(settings, guards.guard("clickhouse", ClickHouseFailures::isOutage));
  }

  /** Runs a statement past the store; returns what ClickHouse says, by lines and tabs. */
  public String execute(String sql) {
    String credentials =
        Base64.getEncoder()
            .encodeToString((user() + ":" + password()).getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(settings().endpoint().resolve("/"))
            .timeout(LIMIT)
            .header("Authorization", "Basic " + credentials)
            .header("X-ClickHouse-Database", database)
            .POST(HttpRequest.BodyPublishers.ofString(sql))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() != 200) {
        throw new IllegalStateException(response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    link.close();
    execute("DROP DATABASE IF EXISTS " + database);
  }
}
