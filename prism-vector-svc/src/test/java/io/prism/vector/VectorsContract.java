package io.prism.vector;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.vector.testing.Client.like;
import static io.prism.vector.testing.Client.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.rpc.BadRequest;
import io.prism.config.v1.DistanceMetric;
import io.prism.config.v1.VectorConfig;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.RequestStream;
import io.prism.vector.domain.Metric;
import io.prism.vector.domain.VectorReason;
import io.prism.vector.testing.Client;
import io.prism.vector.testing.Fixture;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.GetVectorRequest;
import io.prism.vector.v1.GetVectorResponse;
import io.prism.vector.v1.IndexVectorRequest;
import io.prism.vector.v1.ItemError;
import io.prism.vector.v1.SimilarVector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for vectors and searches, whatever the store. Contract, section 9. */
abstract class VectorsContract {

  private static final float PRECISION = 1e-4f;

  abstract Fixture fixture();

  private static VectorConfig.Builder with(Metric metric) {
    return VectorConfig.newBuilder()
        .setMetric(DistanceMetric.valueOf("DISTANCE_METRIC_" + metric.name()));
  }

  @Test
  void aVectorIsFoundReadReplacedAndDeleted() {
    Client client = fixture().client();
    assertThat(client.index("a", Map.of("kind", "x"), 1, 0, 0)).isTrue();
    assertThat(client.index("b", Map.of(), 0, 1, 0)).isTrue();
    assertThat(client.ids(like(1, 0.1f, 0).setTopK(10))).containsExactly("a", "b");

    GetVectorResponse read = client.get("a");
    assertThat(read.getFound()).isTrue();
    assertThat(read.getVectorList()).containsExactly(1f, 0f, 0f);
    assertThat(read.getMetadataMap()).containsExactly(Map.entry("kind", "x"));

    assertThat(client.index("a", Map.of("kind", "y"), 0, 0, 5)).isFalse();
    assertThat(client.ids(like(1, 0.1f, 0).setTopK(10))).containsExactly("b", "a");
    assertThat(client.get("a").getVectorList()).containsExactly(0f, 0f, 5f);
    assertThat(client.get("a").getMetadataMap()).containsExactly(Map.entry("kind", "y"));
    assertThat(client.ids(like(0, 0, 1).setTopK(10).putFilters("kind", "x"))).isEmpty();

    assertThat(client.delete("a")).isTrue();
    assertThat(client.delete("a")).isFalse();
    assertThat(client.get("a").getFound()).isFalse();
    assertThat(client.ids(like(0, 0, 1).setTopK(10))).containsExactly("b");
    assertThat(client.index("a", 0, 0, 1)).isTrue();
    assertThat(client.ids(like(0, 0, 1).setTopK(1))).containsExactly("a");
    assertThat(client.get("a").getMetadataMap()).isEmpty();
  }

  @Test
  void readingTellsTheVectorItselfOnlyWhenAsked() {
    Client client = fixture().client();
    client.index("a", Map.of("kind", "x"), 1, 2);
    GetVectorResponse read =
        client.stub().getVector(GetVectorRequest.newBuilder().setId("a").build());
    assertThat(read.getFound()).isTrue();
    assertThat(read.getVectorCount()).isZero();
    assertThat(read.getMetadataMap()).containsEntry("kind", "x");
  }

  @Test
  void anIndexThatIsNotThereHasNothing() {
    Client client = fixture().client();
    assertThat(client.ids(like(1, 2).setTopK(3))).isEmpty();
    assertThat(client.get("a").getFound()).isFalse();
    assertThat(client.delete("a")).isFalse();
    // And asking has not made it.
    assertThat(client.index("a", 1, 2, 3)).isTrue();
  }

  @Test
  void everySearchSeesWhatWasAnsweredBefore() {
    Client client = fixture().client();
    for (int i = 0; i < 30; i++) {
      client.index("v" + i, i + 1, 1);
      assertThat(client.ids(like(i + 1, 1).setTopK(1))).containsExactly("v" + i);
      client.delete("v" + i);
      assertThat(client.ids(like(i + 1, 1).setTopK(1))).isEmpty();
    }
  }

  @Test
  void writersOfOneIdAtOnceLeaveOneVector() {
    Client client = fixture().client();
    client.index("other", 1, 1);
    List<CompletableFuture<Boolean>> calls =
        IntStream.range(0, 40)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> client.index("a", i + 1, -i)))
            .toList();
    List<Boolean> created = calls.stream().map(CompletableFuture::join).toList();
    assertThat(created).containsOnlyOnce(true);
    assertThat(client.ids(like(1, 1).setTopK(10))).containsExactlyInAnyOrder("a", "other");
  }

  /** A pair of vectors and the score that they have by hand. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Pinned(Metric metric, float[] a, float[] b, double score) {}

  static Stream<Pinned> scores() {
    float[] x = {1, 0};
    float[] y = {0, 3};
    float[] back = {-2, 0};
    float[] far = {4, 4};
    return Stream.of(
        new Pinned(Metric.COSINE, x, x, 1),
        new Pinned(Metric.COSINE, x, y, 0.5),
        new Pinned(Metric.COSINE, x, back, 0),
        new Pinned(Metric.COSINE, x, far, (1 + Math.sqrt(0.5)) / 2),
        new Pinned(Metric.L2, x, x, 1),
        new Pinned(Metric.L2, x, y, 1 / (1 + Math.sqrt(10))),
        new Pinned(Metric.L2, x, back, 1.0 / 4),
        new Pinned(Metric.L2, x, far, 1.0 / 6),
        new Pinned(Metric.L2, new float[] {0, 0}, far, 1 / (1 + Math.sqrt(32))),
        new Pinned(Metric.INNER_PRODUCT, x, x, 1 / (1 + Math.exp(-1))),
        new Pinned(Metric.INNER_PRODUCT, x, y, 0.5),
        new Pinned(Metric.INNER_PRODUCT, x, back, 1 / (1 + Math.exp(2))),
        new Pinned(Metric.INNER_PRODUCT, x, far, 1 / (1 + Math.exp(-4))),
        new Pinned(Metric.INNER_PRODUCT, new float[] {0, 0}, far, 0.5));
  }

  @ParameterizedTest
  @MethodSource("scores")
  void scoresAreAsTheMetricSays(Pinned pinned) {
    Client client = fixture().client(with(pinned.metric()));
    client.index("a", pinned.b());
    assertThat(client.search(like(pinned.a()).setTopK(1)).getFirst().getScore())
        .isEqualTo((float) pinned.score(), within(PRECISION));
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theOrderIsThatOfTheMetric(Metric metric) {
    Client client = fixture().client(with(metric));
    Random random = new Random(7);
    List<IndexVectorRequest> vectors = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      vectors.add(vector("v" + i, Map.of(), scaled(random, 12, 0.1f + random.nextFloat())));
    }
    assertThat(client.batch(vectors).getIndexed()).isEqualTo(500);
    int found = 0;
    for (int i = 0; i < 20; i++) {
      // Short, since the score of a large inner product is 1 like that of the next.
      float[] query = scaled(random, 12, 0.3f);
      List<SimilarVector> results = client.search(like(query).setTopK(10));
      List<String> expected = nearest(metric, vectors, query, vector -> true, 10);
      found += common(results, expected);
      assertThat(results).hasSize(10).isSortedAccordingTo(byScore());
      for (SimilarVector result : results) {
        float[] values = values(vectors.get(Integer.parseInt(result.getId().substring(1))));
        assertThat(result.getScore()).isEqualTo(metric.score(query, values), within(PRECISION));
      }
    }
    assertThat(found / 200.0).isGreaterThanOrEqualTo(0.95);
  }

  private static Comparator<SimilarVector> byScore() {
    return Comparator.comparingDouble(SimilarVector::getScore).reversed();
  }

  private static float[] scaled(Random random, int dimensions, float factor) {
    float[] values = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      values[i] = (float) random.nextGaussian() * factor;
    }
    return values;
  }

  private static float[] values(IndexVectorRequest vector) {
    float[] values = new float[vector.getVectorCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = vector.getVector(i);
    }
    return values;
  }

  /** Brute force. */
  private static List<String> nearest(
      Metric metric,
      List<IndexVectorRequest> vectors,
      float[] query,
      Predicate<IndexVectorRequest> matches,
      int count) {
    record Scored(String id, float score) {}
    return vectors.stream()
        .filter(matches)
        .map(vector -> new Scored(vector.getId(), metric.score(query, values(vector))))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .limit(count)
        .map(Scored::id)
        .toList();
  }

  private static int common(List<SimilarVector> results, List<String> expected) {
    Set<String> ids = new HashSet<>(results.stream().map(SimilarVector::getId).toList());
    ids.retainAll(expected);
    return ids.size();
  }

  /** Clusters, as embeddings have them; every tenth in each of the metadata a tenth as often. */
  private static List<IndexVectorRequest> clustered(Random random, int count, int dimensions) {
    List<float[]> centres =
        IntStream.range(0, 50).mapToObj(i -> scaled(random, dimensions, 1)).toList();
    List<IndexVectorRequest> vectors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      float[] values = scaled(random, dimensions, 0.35f);
      float[] centre = centres.get(random.nextInt(centres.size()));
      for (int d = 0; d < dimensions; d++) {
        values[d] += centre[d];
      }
      int rank = random.nextInt(10_000);
      vectors.add(
          vector(
              "v" + i,
              Map.of(
                  "half", Boolean.toString(rank % 2 == 0),
                  "twentieth", Boolean.toString(rank % 20 == 0),
                  "rare", Boolean.toString(rank % 200 == 0),
                  "rarest", Boolean.toString(rank % 2_000 == 0),
                  "weight", "x".repeat(50)),
              values));
    }
    return vectors;
  }

  @Test
  void filtersActInsideTheSearchWhateverTheyLeave() {
    Client client = fixture().client();
    Random random = new Random(42);
    List<IndexVectorRequest> vectors = clustered(random, 20_000, 32);
    assertThat(client.batch(vectors).getIndexed()).isEqualTo(20_000);
    for (String filter : List.of("", "half", "twentieth", "rare", "rarest")) {
      Predicate<IndexVectorRequest> matches =
          vector -> filter.isEmpty() || vector.getMetadataOrDefault(filter, "").equals("true");
      long matching = vectors.stream().filter(matches).count();
      int queries = 20;
      int found = 0;
      int possible = 0;
      for (int i = 0; i < queries; i++) {
        float[] query = values(vectors.get(random.nextInt(vectors.size())));
        query[0] += 0.1f;
        io.prism.vector.v1.SearchRequest.Builder search = like(query).setTopK(10);
        if (!filter.isEmpty()) {
          search.putFilters(filter, "true");
        }
        List<SimilarVector> results = client.search(search);
        assertThat(results).as(filter).hasSize((int) Math.min(10, matching));
        if (!filter.isEmpty()) {
          assertThat(results).allMatch(r -> r.getMetadataOrThrow(filter).equals("true"));
        }
        found += common(results, nearest(Metric.COSINE, vectors, query, matches, 10));
        possible += results.size();
      }
      assertThat((double) found / possible).as("recall with '%s'", filter).isGreaterThan(0.95);
    }
    assertThat(client.search(like(values(vectors.get(0))).setTopK(1_000))).hasSize(1_000);
    // All of several.
    assertThat(
            client.search(
                like(values(vectors.get(0)))
                    .setTopK(100)
                    .putFilters("half", "true")
                    .putFilters("twentieth", "false")))
        .hasSize(100)
        .allMatch(r -> r.getMetadataOrThrow("half").equals("true"))
        .allMatch(r -> r.getMetadataOrThrow("twentieth").equals("false"));
  }

  @Test
  void everythingIsFoundWhenAsMuchIsAskedFor() {
    Client client = fixture().client();
    Random random = new Random(3);
    List<IndexVectorRequest> vectors =
        IntStream.range(0, 1_000)
            .mapToObj(i -> vector("v" + i, Map.of(), scaled(random, 8, 1)))
            .toList();
    client.batch(vectors);
    assertThat(client.ids(like(scaled(random, 8, 1)).setTopK(1_000)))
        .doesNotHaveDuplicates()
        .hasSize(1_000);
  }

  @Test
  void minScoreCutsAfterTheSearch() {
    Client client = fixture().client();
    client.index("same", 1, 0);
    client.index("across", 0, 1);
    client.index("opposite", -1, 0);
    assertThat(client.ids(like(1, 0).setTopK(3).setMinScore(0.4f)))
        .containsExactly("same", "across");
    assertThat(client.ids(like(1, 0).setTopK(3).setMinScore(0.9f))).containsExactly("same");
    assertThat(client.ids(like(1, 0).setTopK(3).setMinScore(0f))).hasSize(3);
  }

  @Test
  void theFirstVectorDecidesTheDimensions() {
    Client client = fixture().client();
    client.index("a", 1, 2, 3);
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.index("b", 1, 2));
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.index("b", 1, 2, 3, 4));
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.ids(like(1, 2).setTopK(1)));
    client.delete("a");
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.index("b", 1, 2));
  }

  @Test
  void theConfigurationDecidesTheDimensions() {
    Client client = fixture().client(VectorConfig.newBuilder().setDimensions(3));
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.index("a", 1, 2));
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.ids(like(1, 2).setTopK(1)));
    assertThat(client.index("a", 1, 2, 3)).isTrue();
  }

  @Test
  void aRefusedVectorDoesNotDecideTheDimensions() {
    Client client = fixture().client();
    failsWith(VectorReason.VECTOR_INVALID, () -> client.index("zero", 0, 0));
    assertThat(client.index("a", 1, 2, 3)).isTrue();
    Client batch = fixture().client();
    BatchIndexResponse answer =
        batch.batch(List.of(vector("zero", Map.of(), 0, 0), vector("a", Map.of(), 1, 2, 3)));
    assertThat(answer.getIndexed()).isEqualTo(1);
    assertThat(batch.get("a").getVectorCount()).isEqualTo(3);
  }

  @Test
  void theMetricIsFixedWhenTheIndexIsMade() {
    String namespace = Fixture.newNamespace();
    Client maker = fixture().client(namespace, with(Metric.L2));
    maker.index("a", 1, 2);
    Client other = fixture().client(namespace, with(Metric.COSINE));
    failsWith(VectorReason.METRIC_MISMATCH, () -> other.index("b", 1, 2));
    failsWith(VectorReason.METRIC_MISMATCH, () -> other.ids(like(1, 2).setTopK(1)));
    // Who names none has that of the index.
    assertThat(fixture().client(namespace).search(like(1, 2).setTopK(1)).getFirst().getScore())
        .isEqualTo(1, within(PRECISION));
  }

  @Test
  void aZeroVectorIsOnlyWithoutDirection() {
    Client cosine = fixture().client();
    cosine.index("a", 1, 2);
    failsWith(VectorReason.VECTOR_INVALID, () -> cosine.index("zero", 0, 0));
    failsWith(VectorReason.VECTOR_INVALID, () -> cosine.index("tiny", 1e-30f, 0));
    failsWith(VectorReason.VECTOR_INVALID, () -> cosine.ids(like(0, 0).setTopK(1)));
    for (Metric metric : List.of(Metric.L2, Metric.INNER_PRODUCT)) {
      Client client = fixture().client(with(metric));
      assertThat(client.index("zero", 0, 0)).isTrue();
      assertThat(client.index("one", 1, 0)).isTrue();
      assertThat(client.ids(like(0, 0).setTopK(5))).containsExactlyInAnyOrder("zero", "one");
      assertThat(client.get("zero").getVectorList()).containsExactly(0f, 0f);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNoNumberIsRefused(float value) {
    Client client = fixture().client();
    client.index("a", 1, 2);
    BadRequest details =
        detail(
                failsWith(VectorReason.VECTOR_INVALID, () -> client.index("b", 1, value)),
                BadRequest.class)
            .orElseThrow();
    assertThat(details.getFieldViolations(0).getField()).isEqualTo("vector[1]");
    failsWith(VectorReason.VECTOR_INVALID, () -> client.ids(like(1, value).setTopK(1)));
    failsWith(VectorReason.VECTOR_INVALID, () -> client.index("b", 3e38f, 3e38f));
    assertThat(client.ids(like(1, 2).setTopK(5))).containsExactly("a");
  }

  @Test
  void badRequestsAreRefused() {
    Client client = fixture().client();
    client.index("a", 1, 2);
    failsWith(VectorReason.ID_INVALID, () -> client.index("", 1, 2));
    failsWith(VectorReason.ID_INVALID, () -> client.index("x".repeat(1_025), 1, 2));
    assertThat(client.index("ä".repeat(512), 1, 2)).isTrue();
    failsWith(VectorReason.ID_INVALID, () -> client.get(""));
    failsWith(VectorReason.ID_INVALID, () -> client.delete(""));
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.index("b"));
    failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.index("b", new float[4_097]));
    failsWith(VectorReason.METADATA_INVALID, () -> client.index("b", Map.of("", "x"), 1, 2));
    failsWith(
        VectorReason.METADATA_INVALID,
        () -> client.index("b", Map.of("k", "x".repeat(4_097)), 1, 2));
    failsWith(
        VectorReason.METADATA_INVALID, () -> client.index("b", Map.of("k".repeat(256), "x"), 1, 2));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.ids(like(1, 2)));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.ids(like(1, 2).setTopK(1_001)));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.ids(like(1, 2).setTopK(-1)));
    failsWith(
        CallReason.INVALID_ARGUMENT, () -> client.ids(like(1, 2).setTopK(1).setMinScore(1.1f)));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.ids(like(1, 2).setTopK(1).setMinScore(Float.NaN)));
    failsWith(
        CallReason.INVALID_ARGUMENT, () -> client.ids(like(1, 2).setTopK(1).putFilters("", "x")));
  }

  @ParameterizedTest
  @CsvSource({"4096, COSINE", "1, COSINE", "4096, L2", "1, L2", "4096, INNER_PRODUCT"})
  void dimensionsFromOneToTheMost(int dimensions, Metric metric) {
    Client client = fixture().client(with(metric));
    Random random = new Random(1);
    float[] values = scaled(random, dimensions, 1);
    client.index("a", values);
    client.index("b", scaled(random, dimensions, 1));
    assertThat(client.ids(like(values).setTopK(2))).hasSize(2);
    List<Float> read = client.get("a").getVectorList();
    for (int i = 0; i < dimensions; i++) {
      assertThat(read.get(i)).isEqualTo(values[i], within(1e-5f));
    }
  }

  @Test
  void namespacesAndIndexesNeverMeet() {
    String namespace = Fixture.newNamespace();
    Client first = fixture().client(namespace, VectorConfig.newBuilder().setIndex("one"));
    Client second = fixture().client(namespace, VectorConfig.newBuilder().setIndex("two"));
    Client stranger = fixture().client(VectorConfig.newBuilder().setIndex("one"));
    first.index("a", Map.of("of", "first"), 1, 2);
    second.index("a", Map.of("of", "second"), 1, 2, 3);
    stranger.index("a", Map.of("of", "stranger"), 1);
    assertThat(first.get("a").getMetadataMap()).containsEntry("of", "first");
    assertThat(second.get("a").getMetadataMap()).containsEntry("of", "second");
    assertThat(stranger.ids(like(1).setTopK(10))).containsExactly("a");
    assertThat(first.ids(like(1, 2).setTopK(10))).hasSize(1);
    assertThat(stranger.delete("a")).isTrue();
    assertThat(first.get("a").getFound()).isTrue();
    // The one without a name is called default.
    fixture().client(namespace).index("d", 1);
    assertThat(
            fixture()
                .client(namespace, VectorConfig.newBuilder().setIndex("default"))
                .get("d")
                .getFound())
        .isTrue();
  }

  @Test
  void whoMayReadMayNotWrite() {
    Client writer = fixture().client();
    writer.index("a", 1, 2);
    Client reader = fixture().reader(writer.namespace());
    assertThat(reader.ids(like(1, 2).setTopK(1))).containsExactly("a");
    assertThat(reader.get("a").getFound()).isTrue();
    failsWith(CallReason.PERMISSION_DENIED, () -> reader.index("b", 1, 2));
    failsWith(CallReason.PERMISSION_DENIED, () -> reader.delete("a"));
  }

  /** Texts that mean something to a store, or are hard to store. */
  static List<String> texts() {
    return List.of(
        "\" or 1 == 1 or .x == \"",
        "x\" and .m62 != \"y",
        "') || true",
        "\\",
        "\\\"",
        "}{",
        ".m61",
        "*",
        "{ns}:vs:default",
        "a\r\nFLUSHALL\r\n",
        "nul\0inside",
        "\0",
        "äöü 漢字 🚀",
        "\u202e\ufeff",
        " leading and trailing ",
        "../../etc/passwd",
        "true",
        "12");
  }

  @Test
  void textsOfClientsAreNothingButText() {
    Client client = fixture().client();
    client.index("plain", Map.of("k", "v"), 1, 1);
    for (String text : texts()) {
      Map<String, String> metadata = Map.of(text, "as name", "k", text);
      assertThat(client.index(text, metadata, 1, 2)).as(text).isTrue();
      GetVectorResponse read = client.get(text);
      assertThat(read.getId()).isEqualTo(text);
      assertThat(read.getMetadataMap()).isEqualTo(metadata);
      assertThat(client.ids(like(1, 2).setTopK(100).putFilters("k", text))).containsExactly(text);
      assertThat(client.ids(like(1, 2).setTopK(100).putFilters(text, "as name")))
          .containsExactly(text);
      assertThat(client.ids(like(1, 2).setTopK(100).putFilters(text, "else"))).isEmpty();
      assertThat(client.delete(text)).isTrue();
    }
    // A name and a value are not what they would be together.
    client.index("ab", Map.of("a", "bc"), 1, 2);
    assertThat(client.ids(like(1, 2).setTopK(10).putFilters("ab", "c"))).isEmpty();
    client.index("empty", Map.of("a", ""), 1, 2);
    assertThat(client.ids(like(1, 2).setTopK(10).putFilters("a", ""))).containsExactly("empty");
    assertThat(client.get("plain").getFound()).isTrue();
  }

  @Test
  void badVectorsOfABatchAreRefusedOneByOne() {
    Client client = fixture().client();
    BatchIndexResponse answer =
        client.batch(
            List.of(
                vector("a", Map.of(), 1, 2),
                vector("b", Map.of(), 1, 2, 3),
                vector("c", Map.of(), 0, 0),
                vector("d", Map.of(), Float.NaN, 0),
                vector("", Map.of(), 1, 2),
                vector("e", Map.of("", "x"), 1, 2),
                vector("f", Map.of("k", "v"), 3, 4)));
    assertThat(answer.getIndexed()).isEqualTo(2);
    assertThat(answer.getFailed()).isEqualTo(5);
    assertThat(answer.getErrorsList())
        .extracting(ItemError::getIndex, ItemError::getId, ItemError::getCode)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(1L, "b", "DIMENSION_MISMATCH"),
            org.assertj.core.groups.Tuple.tuple(2L, "c", "VECTOR_INVALID"),
            org.assertj.core.groups.Tuple.tuple(3L, "d", "VECTOR_INVALID"),
            org.assertj.core.groups.Tuple.tuple(4L, "", "ID_INVALID"),
            org.assertj.core.groups.Tuple.tuple(5L, "e", "METADATA_INVALID"));
    assertThat(answer.getErrorsList()).allMatch(error -> !error.getMessage().isEmpty());
    assertThat(client.ids(like(1, 2).setTopK(10))).containsExactlyInAnyOrder("a", "f");
  }

  @Test
  void aBatchSaysWhyForTheFirstHundred() {
    Client client = fixture().client();
    client.index("a", 1, 2);
    BatchIndexResponse answer =
        client.batch(IntStream.range(0, 250).mapToObj(i -> vector("v" + i, Map.of(), 1)).toList());
    assertThat(answer.getFailed()).isEqualTo(250);
    assertThat(answer.getErrorsCount()).isEqualTo(100);
    assertThat(client.batch(List.of())).isEqualTo(BatchIndexResponse.getDefaultInstance());
  }

  @Test
  void ofTwoWithOneIdInABatchTheLastStays() {
    Client client = fixture().client();
    List<IndexVectorRequest> vectors = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      vectors.add(vector("v" + i % 10, Map.of("n", Integer.toString(i)), i + 1, 1));
    }
    assertThat(client.batch(vectors).getIndexed()).isEqualTo(500);
    for (int i = 0; i < 10; i++) {
      assertThat(client.get("v" + i).getMetadataOrThrow("n")).isEqualTo(Integer.toString(490 + i));
    }
    assertThat(client.ids(like(1, 1).setTopK(100))).hasSize(10);
  }

  @Test
  void aBatchThatIsGivenUpHarmsNobody() {
    Client client = fixture().client();
    RequestStream<IndexVectorRequest, BatchIndexResponse> stream = client.batch();
    for (int i = 0; i < 200; i++) {
      stream.send(vector("v" + i, Map.of(), i + 1, 1));
    }
    stream.cancel();
    client.index("after", 1, 1);
    assertThat(client.ids(like(1, 1).setTopK(1_000))).contains("after");
  }

  @Test
  void searchesWorkWhileOthersIndex() {
    Client client = fixture().client();
    Random random = new Random(5);
    List<IndexVectorRequest> vectors = clustered(random, 3_000, 16);
    client.batch(vectors.subList(0, 500));
    CompletableFuture<BatchIndexResponse> indexing =
        CompletableFuture.supplyAsync(() -> client.batch(vectors.subList(500, 3_000)));
    int searches = 0;
    while (!indexing.isDone() || searches == 0) {
      float[] query = values(vectors.get(random.nextInt(500)));
      List<String> ids = client.ids(like(query).setTopK(10));
      assertThat(ids).hasSize(10).doesNotHaveDuplicates();
      searches++;
    }
    assertThat(indexing.join().getIndexed()).isEqualTo(2_500);
    assertThat(client.ids(like(values(vectors.getLast())).setTopK(1)))
        .containsExactly(vectors.getLast().getId());
  }

  @Test
  void anAnswerThatIsTooLargeIsRefused() {
    Client client = fixture().client();
    String filler = "x".repeat(4_000);
    Map<String, String> metadata = new java.util.HashMap<>();
    for (int i = 0; i < 20; i++) {
      metadata.put("k" + i, filler);
    }
    List<IndexVectorRequest> vectors =
        IntStream.range(0, 60).mapToObj(i -> vector("v" + i, metadata, i + 1, 1)).toList();
    client.batch(vectors);
    assertThat(client.ids(like(1, 1).setTopK(20))).hasSize(20);
    failsWith(VectorReason.ANSWER_TOO_LARGE, () -> client.ids(like(1, 1).setTopK(60)));
  }
}
