package io.prism.vector.lucene;

import static io.prism.vector.testing.Client.like;
import static io.prism.vector.testing.Client.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.config.v1.DistanceMetric;
import io.prism.config.v1.VectorConfig;
import io.prism.starter.testing.Failures;
import io.prism.vector.domain.VectorReason;
import io.prism.vector.testing.Client;
import io.prism.vector.testing.Fixture;
import io.prism.vector.testing.LuceneStand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is in a folder is there again after a stop, and what was committed after a crash. */
class LuceneRestartTest {

  private static final VectorConfig.Builder L2 =
      VectorConfig.newBuilder().setMetric(DistanceMetric.DISTANCE_METRIC_L2).setM(24);

  private static List<String> with(List<String> properties, String... more) {
    List<String> all = new ArrayList<>(properties);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void anIndexIsThereAgainAfterAStop() {
    LuceneStand stand = new LuceneStand();
    String namespace = Fixture.newNamespace();
    try (Fixture fixture = new Fixture(stand.properties())) {
      Client client = fixture.client(namespace, L2);
      client.batch(
          IntStream.range(0, 1_000)
              .mapToObj(i -> vector("v" + i, Map.of("even", "" + (i % 2 == 0)), i, 1))
              .toList());
      client.delete("v7");
    }
    try (Fixture fixture = new Fixture(stand.properties())) {
      Client client = fixture.client(namespace, L2);
      assertThat(client.ids(like(7, 1).setTopK(2))).containsExactlyInAnyOrder("v6", "v8");
      assertThat(client.ids(like(7, 1).setTopK(1_000))).hasSize(999);
      assertThat(client.get("v8").getVectorList()).containsExactly(8f, 1f);
      // What was fixed is still so.
      Failures.failsWith(VectorReason.DIMENSION_MISMATCH, () -> client.index("x", 1, 2, 3));
      Client other =
          fixture.client(
              namespace,
              VectorConfig.newBuilder().setMetric(DistanceMetric.DISTANCE_METRIC_COSINE));
      Failures.failsWith(VectorReason.METRIC_MISMATCH, () -> other.index("x", 1, 2));
      assertThat(client.index("v7", 7, 1)).isTrue();
    }
  }

  /** A copy of the files at some moment is what a crash at that moment leaves. */
  @Test
  void whatWasCommittedSurvivesACrash() throws IOException {
    LuceneStand stand = new LuceneStand();
    LuceneStand crashed = new LuceneStand();
    String namespace = Fixture.newNamespace();
    try (Fixture fixture =
        new Fixture(with(stand.properties(), "prism.vector.lucene.commit-interval=50ms"))) {
      Client client = fixture.client(namespace);
      client.batch(
          IntStream.range(0, 200).mapToObj(i -> vector("v" + i, Map.of(), i + 1, 1)).toList());
      io.prism.starter.testing.Await.until(
          "the commit",
          Duration.ofSeconds(20),
          () -> {
            copy(stand.folder(), crashed.folder());
            return stored(crashed, namespace) == 200;
          });
    }
  }

  private static int stored(LuceneStand stand, String namespace) {
    try (Fixture fixture = new Fixture(stand.properties())) {
      return fixture.client(namespace).ids(like(1, 1).setTopK(1_000)).size();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    delete(to);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        // Whoever has the index open says so in this file, which no longer holds after a crash.
        if (!file.endsWith("write.lock")) {
          try {
            Files.copy(file, to.resolve(from.relativize(file)));
          } catch (java.nio.file.NoSuchFileException e) {
            // Merged away meanwhile.
          }
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(java.util.Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Test
  void allIndexesTogetherKeepWithinTheirMemory() {
    int limit = 2 * 1024 * 1024;
    try (Fixture fixture =
        new Fixture(with(new LuceneStand().properties(), "prism.vector.lucene.buffer=2MB"))) {
      LuceneVectorStore store = fixture.context().getBean(LuceneVectorStore.class);
      float[] values = new float[1_024];
      long most = 0;
      for (int index = 0; index < 8; index++) {
        // Each of 0.8 MB, which is less than the limit.
        Client client = fixture.client();
        for (int i = 0; i < 200; i++) {
          values[i] = 1;
          client.index("v" + i, values);
          most = Math.max(most, store.bufferedBytes());
        }
      }
      assertThat(most).isBetween(limit / 2L, limit * 5L / 4);
      assertThat(store.size()).isEqualTo(8 * 200);
    }
  }

  @Test
  void thereAreNoMoreIndexesThanAllowed() {
    LuceneStand stand = new LuceneStand();
    try (Fixture fixture =
        new Fixture(with(stand.properties(), "prism.vector.lucene.max-indexes=2"))) {
      fixture.client().index("a", 1, 2);
      Client second = fixture.client();
      second.index("a", 1, 2);
      Failures.failsWith(
          VectorReason.INDEX_LIMIT_EXCEEDED, () -> fixture.client().index("a", 1, 2));
      // Who only looks opens nothing.
      assertThat(fixture.client().ids(like(1, 2).setTopK(1))).isEmpty();
      assertThat(second.index("b", 1, 2)).isTrue();
    }
  }
}
