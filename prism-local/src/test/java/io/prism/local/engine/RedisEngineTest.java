package io.prism.local.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One folder for all tests: only the first start copies the program. */
final class RedisEngineTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static Path folder;

  private RedisEngine engine;

  @BeforeAll
  static void resolve(@TempDir Path temporary) throws IOException {
    // Whatever a folder's name may hold, the server's settings must carry it.
    folder = Files.createDirectory(temporary.toRealPath().resolve("a \"b"));
  }

  @BeforeEach
  void create() {
    engine = new RedisEngine(folder);
  }

  @AfterEach
  void stop() {
    engine.stop();
    assertThat(engine.running()).isEmpty();
  }

  @Test
  void keepsWhatItIsToldBoundsItsMemoryAndListensOnLoopbackOnly() throws Exception {
    engine.start();

    assertThat(setting("appendonly")).isEqualTo("yes");
    assertThat(setting("appendfsync")).isEqualTo("everysec");
    assertThat(setting("bind")).isEqualTo("127.0.0.1");
    assertThat(setting("protected-mode")).isEqualTo("yes");
    assertThat(setting("unixsocket")).isEmpty();
    assertThat(setting("maxmemory")).isEqualTo(Long.toString(256 << 20));
    assertThat(setting("maxmemory-policy")).isEqualTo("volatile-lru");
    assertThat(setting("dir")).isEqualTo(folder.resolve("redis").toString());
  }

  @Test
  void refusesAClientWithoutThePasswordAndTellsItToNobody() throws Exception {
    engine.start();

    assertThatThrownBy(() -> RedisValues.get(engine.address(), "guessed", "key"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("WRONGPASS");
    for (String file : List.of("redis.password", "redis/redis.conf")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
          .isEqualTo("rw-------");
    }
    assertThat(server().info().commandLine().orElseThrow()).doesNotContain(engine.password());
  }

  @Test
  void keepsDataPortAndPasswordAcrossARestart() throws Exception {
    engine.start();
    set("restarted", "kept");
    String address = engine.address();
    String password = engine.password();
    engine.stop();
    assertThat(folder.resolve("redis/redis.pid")).doesNotExist();

    engine.start();

    assertThat(engine.address()).isEqualTo(address);
    assertThat(engine.password()).isEqualTo(password);
    assertThat(get("restarted")).isEqualTo("kept");
  }

  @Test
  void comesBackWithWhatIsOnDiskAfterItsServerWasKilled() throws Exception {
    engine.start();
    set("killed", "kept");
    server().destroyForcibly();

    engine.start();

    assertThat(get("killed")).isEqualTo("kept");
  }

  @Test
  void replacesTheServerThatAnEarlierRunLeftBehind() throws Exception {
    RedisEngine earlier = new RedisEngine(folder);
    earlier.start();
    RedisValues.set(earlier.address(), earlier.password(), "left_behind", "kept");
    ProcessHandle orphan = server();

    engine.start();

    assertThat(orphan.isAlive()).isFalse();
    assertThat(server().pid()).isNotEqualTo(orphan.pid());
    assertThat(get("left_behind")).isEqualTo("kept");
  }

  @Test
  void takesAnotherPortWhileItsOwnIsTaken() throws Exception {
    engine.start();
    String address = engine.address();
    int port = port(address);
    engine.stop();

    try (ServerSocket stranger = new ServerSocket()) {
      stranger.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      engine.start();
    }

    assertThat(engine.address()).isNotEqualTo(address);
    assertThat(setting("port")).isEqualTo(Integer.toString(port(engine.address())));
  }

  @Test
  void tellsWhyTheServerEndedWhileStarting() throws Exception {
    engine.start();
    engine.stop();
    Path log = folder.resolve("redis/appendonly.aof");
    byte[] original = Files.readAllBytes(log);
    Files.writeString(log, "no command of Redis's\r\n");
    try {
      assertThatThrownBy(engine::start)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("Redis ended with status 1")
          .hasMessageContaining("Bad file format reading the append only file");
    } finally {
      Files.write(log, original);
    }
  }

  @Test
  void endsAServerThatDoesNotAnswerAnyMore() throws Exception {
    engine.start();
    ProcessHandle frozen = server();
    new ProcessBuilder("kill", "-s", "STOP", Long.toString(frozen.pid())).start().waitFor();

    engine.stop();

    await().atMost(LIMIT).until(() -> !frozen.isAlive());
  }

  @Test
  void dropsWhatWouldExpireAnywayAndKeepsTheRestWhenItIsFull() throws Exception {
    engine.start();
    set("forever", "kept");
    try (RedisConnection connection =
        RedisConnection.open("127.0.0.1", port(engine.address()), engine.password())) {
      connection.call("CONFIG", "SET", "maxmemory", Long.toString(3 << 20));
      for (int i = 0; i < 4000; i++) {
        connection.call("SET", "expiring:" + i, "x".repeat(1000), "EX", "3600");
      }
    }

    assertThat(get("forever")).isEqualTo("kept");
    assertThat(call("INFO", "stats")).containsPattern("evicted_keys:[1-9]");
    call("FLUSHALL");
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring("127.0.0.1:".length()));
  }

  private String setting(String name) throws IOException {
    return String.valueOf(call("CONFIG", "GET", name)).substring(name.length()).strip();
  }

  private void set(String key, String value) throws IOException {
    RedisValues.set(engine.address(), engine.password(), key, value);
  }

  private @Nullable String get(String key) throws IOException {
    return RedisValues.get(engine.address(), engine.password(), key);
  }

  private @Nullable String call(String... command) throws IOException {
    return RedisValues.call(engine.address(), engine.password(), command);
  }

  private ProcessHandle server() {
    List<ProcessHandle> running = engine.running();
    assertThat(running).hasSize(1);
    return running.getFirst();
  }
}
