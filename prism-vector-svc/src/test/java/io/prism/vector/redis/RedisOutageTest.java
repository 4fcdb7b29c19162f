package io.prism.vector.redis;

import static io.prism.vector.testing.Client.like;
import static io.prism.vector.testing.Client.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.config.v1.DistanceMetric;
import io.prism.config.v1.VectorConfig;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.RequestStream;
import io.prism.vector.domain.VectorReason;
import io.prism.vector.testing.Client;
import io.prism.vector.testing.Fixture;
import io.prism.vector.testing.Redis8;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.IndexVectorRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redis that is gone, silent, or there again without what it had. */
class RedisOutageTest {

  private RedisProcess redis;
  private Fixture fixture;

  @BeforeEach
  void start() {
    redis = Redis8.start();
    fixture = instance();
  }

  private Fixture instance() {
    return instance("1s");
  }

  private Fixture instance(String timeLimit) {
    List<String> properties = new ArrayList<>(Redis8.properties(redis));
    properties.add("spring.data.redis.timeout=" + timeLimit);
    return new Fixture(properties);
  }

  @AfterEach
  void stop() {
    if (fixture != null) {
      fixture.close();
      redis.close();
    }
  }

  @Test
  void withoutRedisCallsFailAtOnceAndThenTheyWorkAgain() {
    Client client = fixture.client();
    client.index("a", 1, 2);
    redis.kill();
    Failures.failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.index("b", 1, 2));
    Failures.failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.ids(like(1, 2).setTopK(1)));
    redis.start();
    Await.until("Redis again", Duration.ofSeconds(20), () -> works(client));
    assertThat(client.ids(like(1, 2).setTopK(5))).containsExactly("again");
  }

  private static boolean works(Client client) {
    try {
      return client.index("again", 3, 4) || client.get("again").getFound();
    } catch (io.grpc.StatusRuntimeException e) {
      return false;
    }
  }

  @Test
  void aSilentRedisCostsNoMoreThanItsTimeLimit() {
    Client client = fixture.client();
    client.index("a", 1, 2);
    redis.freeze();
    long start = System.nanoTime();
    Failures.failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.ids(like(1, 2).setTopK(1)));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    redis.thaw();
    Await.until(
        "Redis again",
        Duration.ofSeconds(20),
        () -> {
          try {
            return client.ids(like(1, 2).setTopK(1)).equals(List.of("a"));
          } catch (io.grpc.StatusRuntimeException e) {
            return false;
          }
        });
  }

  /** The index that an instance knows is not the one that Redis has by now. */
  @Test
  void anIndexThatWasMadeAnewIsSeenByEveryInstance() {
    try (Fixture other = instance()) {
      String namespace = Fixture.newNamespace();
      VectorConfig.Builder cosine =
          VectorConfig.newBuilder().setMetric(DistanceMetric.DISTANCE_METRIC_COSINE);
      VectorConfig.Builder l2 =
          VectorConfig.newBuilder().setMetric(DistanceMetric.DISTANCE_METRIC_L2);
      fixture.client(namespace, cosine).index("a", 1, 2);
      assertThat(other.client(namespace, cosine).ids(like(1, 2).setTopK(1))).containsExactly("a");
      redis.ask("FLUSHALL");
      other.client(namespace, l2).index("b", 1, 2, 3);
      Client first = fixture.client(namespace);
      Failures.failsWith(VectorReason.DIMENSION_MISMATCH, () -> first.ids(like(1, 2).setTopK(1)));
      assertThat(first.ids(like(1, 2, 3).setTopK(1))).containsExactly("b");
      assertThat(first.get("b").getVectorCount()).isEqualTo(3);
      redis.ask("FLUSHALL");
      assertThat(other.client(namespace, cosine).index("c", 5, 6)).isTrue();
      assertThat(first.index("d", 7, 8)).isTrue();
      Failures.failsWith(VectorReason.DIMENSION_MISMATCH, () -> first.index("e", 1, 2, 3));
    }
  }

  @Test
  void aBatchFailsAsAWholeWithItsStore() throws InterruptedException {
    RequestStream<IndexVectorRequest, BatchIndexResponse> stream = fixture.client().batch();
    List<IndexVectorRequest> vectors =
        IntStream.range(0, 100).mapToObj(i -> vector("v" + i, Map.of(), i + 1, 1)).toList();
    vectors.forEach(stream::send);
    redis.kill();
    vectors.forEach(vector -> stream.send(vector, 1_000));
    Throwable failure =
        org.assertj.core.api.Assertions.catchThrowable(
            () -> {
              try {
                stream.answer().get(20, java.util.concurrent.TimeUnit.SECONDS);
              } catch (ExecutionException e) {
                throw e.getCause();
              }
            });
    Failures.checked(io.grpc.Status.Code.UNAVAILABLE, "BACKEND_UNAVAILABLE", failure);
  }

  /** A silent Redis takes nothing in, and so the client gets nothing off. */
  @Test
  void aBatchIsNoFasterThanItsStore() {
    try (Fixture patient = instance("60s")) {
      Client client = patient.client();
      RequestStream<IndexVectorRequest, BatchIndexResponse> stream = client.batch();
      float[] large = new float[4_096];
      large[0] = 1;
      stream.send(vector("first", Map.of(), large));
      Await.until("the first", () -> client.get("first").getFound());
      redis.freeze();
      int sent = 0;
      while (sent < 2_000 && stream.send(vector("v" + sent, Map.of(), large), 300)) {
        sent++;
      }
      // 16 KB each: one batch is on its way, one is gathered, and gRPC's own windows are full.
      assertThat(sent).isLessThan(600);
      redis.thaw();
      for (int i = 0; i < 500; i++) {
        stream.send(vector("w" + i, Map.of(), large));
      }
      assertThat(stream.finish().getIndexed()).isEqualTo(1 + sent + 500);
    }
  }
}
