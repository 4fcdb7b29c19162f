package io.prism.local.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One folder for all tests: only the first start unpacks the server and makes its storage. */
final class PostgresEngineTest {
  private static Path folder;

  private PostgresEngine engine;

  @BeforeAll
  static void resolve(@TempDir Path temporary) throws IOException {
    folder = temporary.toRealPath();
  }

  @BeforeEach
  void create() {
    engine = new PostgresEngine(folder);
  }

  @AfterEach
  void stop() {
    engine.stop();
    assertThat(engine.running()).isEmpty();
  }

  @Test
  void flushesEveryCommitAndListensOnLoopbackOnly() throws Exception {
    engine.start();

    assertThat(setting("fsync")).isEqualTo("on");
    assertThat(setting("synchronous_commit")).isEqualTo("on");
    assertThat(setting("full_page_writes")).isEqualTo("on");
    assertThat(setting("listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(setting("unix_socket_directories")).isEmpty();
    assertThat(setting("data_directory")).isEqualTo(folder.resolve("postgres").toString());
  }

  @Test
  void refusesAClientWithoutThePassword() throws Exception {
    engine.start();

    assertThatThrownBy(() -> PostgresRows.select(url(), "guessed", "SELECT 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void makesADatabaseOnce() throws Exception {
    engine.start();
    engine.ensureDatabase("made_once");
    engine.ensureDatabase("made_once");

    String made = "SELECT current_database()";
    assertThat(PostgresRows.select(engine.jdbcUrl("made_once"), engine.password(), made))
        .containsExactly("made_once");
  }

  @Test
  void keepsDataPortAndPasswordAcrossARestart() throws Exception {
    engine.start();
    PostgresRows.insert(url(), engine.password(), "restarted", "kept");
    String address = engine.address();
    String password = engine.password();
    engine.stop();

    engine.start();

    assertThat(engine.address()).isEqualTo(address);
    assertThat(engine.password()).isEqualTo(password);
    assertThat(values("restarted")).containsExactly("kept");
  }

  @Test
  void comesBackWithEveryCommitAfterItsServerWasKilled() throws Exception {
    engine.start();
    PostgresRows.insert(url(), engine.password(), "killed", "kept");
    server().destroyForcibly();

    engine.start();

    assertThat(values("killed")).containsExactly("kept");
  }

  @Test
  void replacesTheServerThatAnEarlierRunLeftBehind() throws Exception {
    PostgresEngine earlier = new PostgresEngine(folder);
    earlier.start();
    PostgresRows.insert(earlier.jdbcUrl("postgres"), earlier.password(), "left_behind", "kept");
    ProcessHandle orphan = server();

    engine.start();

    assertThat(orphan.isAlive()).isFalse();
    assertThat(server().pid()).isNotEqualTo(orphan.pid());
    assertThat(values("left_behind")).containsExactly("kept");
  }

  @Test
  void takesAnotherPortWhileItsOwnIsTaken() throws Exception {
    engine.start();
    String address = engine.address();
    engine.stop();

    try (ServerSocket stranger = new ServerSocket()) {
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      stranger.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      engine.start();
    }

    assertThat(engine.address()).isNotEqualTo(address);
    assertThat(setting("port")).isEqualTo(engine.address().substring("127.0.0.1:".length()));
  }

  @Test
  void tellsWhyTheServerEndedWhileStarting() throws Exception {
    engine.start();
    engine.stop();
    Path configuration = folder.resolve("postgres/postgresql.conf");
    String original = Files.readString(configuration);
    Files.writeString(configuration, original + "\nunheard_of = 1\n");
    try {
      assertThatThrownBy(engine::start)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("PostgreSQL ended with status 1")
          .hasMessageContaining("unrecognized configuration parameter \"unheard_of\"");
    } finally {
      Files.writeString(configuration, original);
    }
  }

  private String url() {
    return engine.jdbcUrl("postgres");
  }

  private String setting(String name) throws SQLException {
    return PostgresRows.select(url(), engine.password(), "SHOW " + name).getFirst();
  }

  private List<String> values(String table) throws SQLException {
    return PostgresRows.select(url(), engine.password(), "SELECT value FROM " + table);
  }

  /** The one that started the others. */
  private ProcessHandle server() {
    List<ProcessHandle> running = engine.running();
    return running.stream()
        .filter(process -> process.parent().filter(running::contains).isEmpty())
        .findFirst()
        .orElseThrow();
  }
}
