package io.prism.local.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One folder for all tests: only the first start formats the storage. */
final class KafkaEngineTest {
  private static final Path HOME = Path.of(System.getProperty("prism.home"));
  private static Path folder;

  private KafkaEngine engine;

  @BeforeAll
  static void resolve(@TempDir Path temporary) throws IOException {
    // Whatever a folder's name may hold, the broker's settings must carry it.
    folder = Files.createDirectory(temporary.toRealPath().resolve("a, b"));
  }

  @BeforeEach
  void create() {
    engine = new KafkaEngine(folder, HOME);
  }

  @AfterEach
  void stop() {
    engine.stop();
    assertThat(engine.running()).isEmpty();
  }

  @Test
  void keepsRecordsAndAddressAcrossARestart() throws Exception {
    engine.start();
    KafkaRecords.append(engine.address(), "restarted", "kept");
    String address = engine.address();
    engine.stop();

    engine.start();

    assertThat(engine.address()).isEqualTo(address);
    assertThat(KafkaRecords.read(engine.address(), "restarted")).containsExactly("kept");
  }

  @Test
  void comesBackWithEveryAcknowledgedRecordAfterItsBrokerWasKilled() throws Exception {
    engine.start();
    KafkaRecords.append(engine.address(), "killed", "kept");
    assertThat(engine.running()).hasSize(1).allMatch(ProcessHandle::destroyForcibly);

    engine.start();

    assertThat(KafkaRecords.read(engine.address(), "killed")).containsExactly("kept");
  }

  @Test
  void saysWhereItLooksForItsJars() {
    KafkaEngine homeless = new KafkaEngine(folder, folder.resolve("nowhere"));

    assertThatThrownBy(homeless::start)
        .isInstanceOf(StartException.class)
        .hasMessage("no Kafka at " + folder + "/nowhere/kafka, expected its jars there");
  }
}
