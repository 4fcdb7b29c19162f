package io.prism.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.local.engine.StartException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalSettingsTest {
  @Test
  void needNothingToBeSet() {
    Path here = Path.of("").toAbsolutePath();

    assertThat(LocalSettings.from(Map.of(), new Properties()))
        .isEqualTo(new LocalSettings(here, here.resolve(".prism"), 8980, 8981, false));
  }

  @Test
  void comeFromTheEnvironment() {
    Map<String, String> environment =
        Map.of("PRISM_DATA", "/data", "PRISM_PORT", "9000", "PRISM_MANAGEMENT_PORT", " 9001 ");
    Properties properties = new Properties();
    properties.setProperty("prism.home", "/home/of/prism");

    assertThat(LocalSettings.from(environment, properties))
        .isEqualTo(
            new LocalSettings(Path.of("/home/of/prism"), Path.of("/data"), 9000, 9001, false));
  }

  @ParameterizedTest
  @CsvSource({
    "spring.data.redis.url, SPRING_DATA_REDIS_URL",
    "spring.data.redis.host, SPRING_DATA_REDIS_HOST",
    "spring.data.redis.port, SPRING_DATA_REDIS_PORT",
    "spring.data.redis.sentinel.nodes, SPRING_DATA_REDIS_SENTINEL_NODES",
    "spring.data.redis.cluster.nodes[0], SPRING_DATA_REDIS_CLUSTER_NODES_0_"
  })
  void leaveRedisToTheUserWhoNamesOne(String property, String variable) {
    Properties named = new Properties();
    named.setProperty(property, "theirs");

    assertThat(LocalSettings.from(Map.of(), named).ownRedis()).isTrue();
    assertThat(LocalSettings.from(Map.of(variable, "theirs"), new Properties()).ownRedis())
        .isTrue();
  }

  @Test
  void keepTheRedisOfLocalModeWhereOnlyItsUseIsTuned() {
    assertThat(
            LocalSettings.from(Map.of("SPRING_DATA_REDIS_TIMEOUT", "1s"), new Properties())
                .ownRedis())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "gRPC"})
  void refuseWhatIsNoPort(String value) {
    assertThatThrownBy(() -> LocalSettings.from(Map.of("PRISM_PORT", value), new Properties()))
        .isInstanceOf(StartException.class)
        .hasMessage("PRISM_PORT is '" + value + "', expected a port from 1 to 65535");
  }
}
