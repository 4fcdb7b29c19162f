package io.prism.vector.redis;

import static io.prism.vector.testing.Client.like;
import static io.prism.vector.testing.Client.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.config.v1.DistanceMetric;
import io.prism.config.v1.VectorConfig;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.testing.Failures;
import io.prism.vector.domain.Metric;
import io.prism.vector.domain.VectorReason;
import io.prism.vector.testing.Client;
import io.prism.vector.testing.Fixture;
import io.prism.vector.testing.Redis8;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How Redis is used: when it scans, how exactly it keeps vectors, and how long they may be. */
class RedisSearchTest {

  private static final int DIMENSIONS = 100;

  private static RedisProcess redis;

  @BeforeAll
  static void start() {
    redis = Redis8.start();
  }

  @AfterAll
  static void stop() {
    if (redis != null) {
      redis.close();
    }
  }

  private static Fixture with(String... properties) {
    List<String> all = new ArrayList<>(Redis8.properties(redis));
    all.addAll(List.of(properties));
    return new Fixture(all);
  }

  private static float[] random(Random random) {
    float[] values = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void scansOnlyWhereTheGraphFindsTooFew() {
    try (Fixture fixture = with()) {
      MeterRegistry meters = fixture.context().getBean(MeterRegistry.class);
      Random random = new Random(1);
      Client client = fixture.client();
      client.batch(
          IntStream.range(0, 6_000)
              .mapToObj(
                  i ->
                      vector(
                          "v" + i,
                          Map.of("half", "" + (i % 2), "one", "" + (i == 4_711)),
                          random(random)))
              .toList());
      float[] query = random(random);
      assertThat(client.ids(like(query).setTopK(10))).hasSize(10);
      assertThat(client.ids(like(query).setTopK(10).putFilters("half", "1"))).hasSize(10);
      assertThat(meters.counter("prism.vector.scans").count()).isZero();
      assertThat(client.ids(like(query).setTopK(10).putFilters("one", "true")))
          .containsExactly("v4711");
      assertThat(meters.counter("prism.vector.scans").count()).isEqualTo(1);
      assertThat(client.ids(like(query).setTopK(10).putFilters("one", "never"))).isEmpty();
    }
  }

  /** The angle between what was stored and what is read. */
  @ParameterizedTest
  @CsvSource({"NONE, 0.999999", "Q8, 0.9999", "BIN, 0.75"})
  void vectorsAreKeptAsExactlyAsConfigured(Quantization quantization, double least) {
    try (Fixture fixture = with("prism.vector.redis.quantization=" + quantization)) {
      Random random = new Random(2);
      Client client = fixture.client();
      List<float[]> vectors = IntStream.range(0, 50).mapToObj(i -> random(random)).toList();
      for (int i = 0; i < vectors.size(); i++) {
        assertThat(client.index("v" + i, vectors.get(i))).isTrue();
        assertThat(client.index("v" + i, Map.of("again", ""), vectors.get(i))).isFalse();
      }
      for (int i = 0; i < vectors.size(); i++) {
        assertThat(client.ids(like(vectors.get(i)).setTopK(1))).containsExactly("v" + i);
        List<Float> read = client.get("v" + i).getVectorList();
        assertThat(read).hasSize(DIMENSIONS);
        float[] values = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
          values[d] = read.get(d);
        }
        double cosine = 2 * Metric.COSINE.score(vectors.get(i), values) - 1;
        assertThat(cosine).isGreaterThanOrEqualTo(least);
      }
    }
  }

  /** What an index was made with stays, whatever is configured by now. */
  @Test
  void anIndexKeepsItsQuantization() {
    String namespace = Fixture.newNamespace();
    try (Fixture fixture = with("prism.vector.redis.quantization=q8")) {
      fixture.client(namespace).index("a", 1, 2);
    }
    try (Fixture fixture = with()) {
      assertThat(fixture.client(namespace).index("b", 3, 4)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "INNER_PRODUCT"})
  void distancesHaveRoomForVectorsSixteenTimesAsLongAsTheFirst(Metric metric) {
    try (Fixture fixture = with()) {
      Client client =
          fixture.client(
              VectorConfig.newBuilder()
                  .setMetric(DistanceMetric.valueOf("DISTANCE_METRIC_" + metric)));
      client.index("a", 3, 4);
      assertThat(client.index("b", 0, 79.9f)).isTrue();
      Failures.failsWith(VectorReason.VECTOR_INVALID, () -> client.index("c", 0, 80.1f));
      // A query may be longer.
      assertThat(client.ids(like(0, 1_000).setTopK(1))).containsExactly("b");
    }
  }
}
