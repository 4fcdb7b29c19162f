package io.prism.helm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong is refused before anything is installed, and the message says what to do. */
class RefusalsTest {

  private static final Path SUITE = Charts.folder("prism");

  static Stream<Path> charts() {
    return Charts.SERVICES.stream().map(Charts::service);
  }

  @ParameterizedTest
  @MethodSource("charts")
  void aKeyThatNoServiceHasIsRefused(Path chart) {
    assertRefused(chart, "replica", "3", "replica");
    assertRefused(chart, "image.tags", "1", "tags");
  }

  @ParameterizedTest
  @CsvSource({
    "queue.replicas, three, replicas",
    "queue.autoscaling.maxReplicas, 0, maxReplicas",
    "queue.image.pullPolicy, Sometimes, pullPolicy",
    "queue.database.host, db, database",
    "session.tls.clientAuth, maybe, clientAuth",
    "timeseries.clickhouse.url, clickhouse:8123, url",
    "queues.enabled, true, queues",
    "global.prism.replicaz, 3, replicaz",
    "global.prism.image.tags, 3, tags"
  })
  void wrongTypesRangesAndKeysAreRefusedBySchema(String key, String value, String named) {
    assertRefused(SUITE, key, value, named);
  }

  @ParameterizedTest
  @CsvSource({
    "global.prism.internalToken.existingSecret, '', internalToken.existingSecret is missing",
    "global.prism.database.host, '', database.host is missing",
    "global.prism.database.existingSecret, '', database.existingSecret is missing",
    "session.bootstrap.existingSecret, '', bootstrap.existingSecret is missing",
    "session.encryption.existingSecret, '', encryption.existingSecret is missing",
    "reader.cursors.existingSecret, '', cursors.existingSecret is missing",
    "cache.redis.host, '', redis.host is missing",
    "queue.kafka.bootstrapServers, '', kafka.bootstrapServers is missing",
    "timeseries.clickhouse.url, '', clickhouse.url is missing",
    "objectstore.s3.bucket, '', s3.bucket is missing",
    "global.prism.tls.enabled, true, tls.enabled needs tls.existingSecret",
    "global.prism.gateway.enabled, true, gateway.parentRefs is missing",
    "queue.autoscaling.minReplicas, 11, autoscaling.minReplicas is more than"
  })
  void whatIsMissingIsToldByName(String key, String value, String message) {
    assertRefused(SUITE, key, value, message);
  }

  @Test
  void anIssuerIsNeededForCertificates() {
    assertThatThrownBy(
            () ->
                Charts.render(
                    SUITE,
                    SUITE.resolve("ci/minimal-values.yaml"),
                    Map.of(
                        "global.prism.tls.enabled",
                        "true",
                        "global.prism.tls.certManager.enabled",
                        "true")))
        .hasMessageContaining("tls.certManager.issuerRef.name is missing");
  }

  private static void assertRefused(Path chart, String key, String value, String message) {
    assertThatThrownBy(
            () -> Charts.render(chart, chart.resolve("ci/minimal-values.yaml"), Map.of(key, value)))
        .hasMessageContaining(message);
  }
}
