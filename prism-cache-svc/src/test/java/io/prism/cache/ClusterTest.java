package io.prism.cache;

import static io.prism.cache.testing.Configs.cacheOnly;
import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.writeThrough;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.v1.CacheOrigin;
import io.prism.config.v1.CacheConfig;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.testing.PostgresFixture;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Redis Cluster: a namespace is one slot, and namespaces are spread over the nodes. */
class ClusterTest {

  private static final int NODES = 3;

  private static List<RedisProcess> nodes;
  private static CacheFixture fixture;

  @BeforeAll
  static void start() {
    nodes = RedisProcess.cluster(NODES);
    fixture =
        new CacheFixture(
            PostgresFixture.database(),
            List.of(
                "spring.data.redis.cluster.nodes="
                    + nodes.stream().map(RedisProcess::address).collect(Collectors.joining(","))));
  }

  @AfterAll
  static void stop() {
    fixture.close();
    nodes.forEach(RedisProcess::close);
  }

  @Test
  void everyStrategyWorksOnEveryNode() {
    for (CacheConfig.Builder config : List.of(cacheOnly(), lookAside(), writeThrough())) {
      for (int i = 0; i < 4 * NODES; i++) {
        Client client = fixture.client("cluster-" + config.getStrategyValue() + "-" + i, config);
        assertThat(client.get("k")).isNull();
        assertThat(client.set("k", "v")).isTrue();
        client.get("k");
        assertThat(client.response("k").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
        assertThat(client.response("k").getTtlRemainingSeconds()).isBetween(700L, 900L);
        assertThat(client.increment("n")).isEqualTo(1);
        assertThat(client.increment("n")).isEqualTo(2);
        assertThat(client.exists("n")).isTrue();
        assertThat(client.delete("n")).isTrue();
        assertThat(client.get("n")).isNull();
      }
    }
    assertThat(nodes).allSatisfy(node -> assertThat(node.ask("DBSIZE")).doesNotContain(":0\r\n"));
  }

  @Test
  void manyKeysOfANamespaceAreReadAtOnce() {
    List<String> keys = IntStream.range(0, 300).mapToObj(i -> "k" + i).toList();
    for (CacheConfig.Builder config : List.of(cacheOnly(), lookAside())) {
      Client client = fixture.client("many-" + config.getStrategyValue(), config);
      keys.forEach(key -> client.set(key, "value of " + key));
      // From the source, where there is one, and then from the copies.
      for (int i = 0; i < 2; i++) {
        assertThat(client.getMulti(keys).getEntriesList())
            .allSatisfy(
                entry ->
                    assertThat(entry.getValue().toStringUtf8())
                        .isEqualTo("value of " + entry.getKey()));
      }
    }
  }
}
