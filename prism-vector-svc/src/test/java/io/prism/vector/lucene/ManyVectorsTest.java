package io.prism.vector.lucene;

import static io.prism.vector.testing.Client.like;
import static io.prism.vector.testing.Client.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.config.v1.DistanceMetric;
import io.prism.config.v1.VectorConfig;
import io.prism.starter.testing.RequestStream;
import io.prism.vector.domain.Metric;
import io.prism.vector.testing.Client;
import io.prism.vector.testing.Fixture;
import io.prism.vector.testing.LuceneStand;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.SimilarVector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * More vectors than the memory of the process would hold as objects. {@code
 * -Dprism.test.vectors=1000000} and a small heap show more of the same; see docs/vector.md.
 */
class ManyVectorsTest {

  private static final int COUNT = Integer.getInteger("prism.test.vectors", 5_000);
  private static final int DIMENSIONS = 128;
  private static final int QUERIES = 20;
  private static final int TOP_K = 10;
  private static final int CLUSTERS = 200;

  /** What 0.95 of the neighbours take where clusters are larger than the default looks at. */
  private static final int EF_SEARCH = Math.max(400, COUNT / 300);

  private static float[] values(long number) {
    Random cluster = new Random(number % CLUSTERS);
    Random own = new Random(CLUSTERS + number);
    float[] values = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      values[i] = (float) (cluster.nextGaussian() + own.nextGaussian() * 0.35);
    }
    return values;
  }

  @Test
  void areIndexedAndFound() {
    VectorConfig.Builder config =
        VectorConfig.newBuilder()
            .setMetric(DistanceMetric.DISTANCE_METRIC_COSINE)
            .setEfSearch(EF_SEARCH);
    List<float[]> queries = LongStream.range(0, QUERIES).mapToObj(i -> values(-1 - i)).toList();
    List<Queue<Scored>> nearest = new ArrayList<>();
    queries.forEach(
        query -> nearest.add(new PriorityQueue<>(Comparator.comparingDouble(Scored::score))));
    try (Fixture fixture = new Fixture(new LuceneStand().properties())) {
      Client client = fixture.client(config);
      RequestStream<IndexVectorRequest, BatchIndexResponse> stream = client.batch();
      for (int number = 0; number < COUNT; number++) {
        float[] values = values(number);
        stream.send(vector("v" + number, Map.of(), values));
        for (int i = 0; i < QUERIES; i++) {
          nearest.get(i).add(new Scored(number, Metric.COSINE.score(queries.get(i), values)));
          if (nearest.get(i).size() > TOP_K) {
            nearest.get(i).remove();
          }
        }
        if (number > 0 && number % (COUNT / 5) == 0) {
          // Others search meanwhile, in what is stored so far.
          assertThat(client.search(like(queries.getFirst()).setTopK(TOP_K)))
              .hasSizeLessThanOrEqualTo(TOP_K);
        }
      }
      assertThat(stream.finish().getIndexed()).isEqualTo(COUNT);
      int found = 0;
      for (int i = 0; i < QUERIES; i++) {
        Set<String> ids = new HashSet<>();
        client
            .search(like(queries.get(i)).setTopK(TOP_K))
            .forEach((SimilarVector result) -> ids.add(result.getId()));
        found +=
            (int) nearest.get(i).stream().filter(best -> ids.contains("v" + best.number())).count();
      }
      assertThat((double) found / (QUERIES * TOP_K)).isGreaterThanOrEqualTo(0.95);
    }
  }

  private record Scored(long number, float score) {}
}
