package io.prism.vector.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prism.vector.domain.IndexShape;
import io.prism.vector.domain.Metric;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order by angle of what is lifted is the order by the metric. */
class LiftTest {

  private static final int DIMENSIONS = 16;

  private static float[] random(Random random, float scale) {
    float[] values = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void anglesOrderAsTheMetricDoes(Metric metric) {
    Random random = new Random(11);
    List<float[]> vectors =
        IntStream.range(0, 300)
            .mapToObj(i -> random(random, 0.1f + random.nextFloat() * 3))
            .toList();
    Lift lift =
        new Lift(
            new IndexShape(DIMENSIONS, metric, 16, Lift.maxLength(metric, vectors.getFirst())));
    for (int i = 0; i < 20; i++) {
      float[] query = random(random, 2);
      List<float[]> byMetric = sorted(vectors, vector -> metric.score(query, vector));
      List<float[]> byAngle =
          sorted(vectors, vector -> Metric.COSINE.score(lift.query(query), lift.stored(vector)));
      // Neighbours in the order may be as close as single precision can tell.
      for (int place = 0; place < vectors.size(); place++) {
        assertThat(metric.score(query, byAngle.get(place)))
            .isEqualTo(metric.score(query, byMetric.get(place)), within(1e-3f));
      }
    }
  }

  /** What is sorted by. */
  private interface Score {
    float of(float[] vector);
  }

  private static List<float[]> sorted(List<float[]> vectors, Score score) {
    return vectors.stream()
        .sorted(Comparator.<float[]>comparingDouble(score::of).reversed())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void whatWasStoredIsReadAgain(Metric metric) {
    Random random = new Random(12);
    float[] vector = random(random, 2);
    Lift lift = new Lift(new IndexShape(DIMENSIONS, metric, 16, Lift.maxLength(metric, vector)));
    float[] stored = lift.stored(vector);
    double length = Metric.length(stored);
    float[] direction = new float[stored.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) (stored[i] / length);
    }
    float[] read = lift.original(direction, length);
    assertThat(read).hasSize(DIMENSIONS);
    for (int i = 0; i < DIMENSIONS; i++) {
      assertThat(read[i]).isEqualTo(vector[i], within(1e-5f));
    }
  }
}
