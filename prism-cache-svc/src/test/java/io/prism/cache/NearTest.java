package io.prism.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.testing.Configs;
import io.prism.config.v1.CacheStrategy;
import io.prism.starter.testing.Await;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An instance that keeps values in its own memory, beside one that does not. */
class NearTest {

  private static final CacheFixture other = CacheFixture.shared();
  private static final CacheFixture near = other.another("prism.redis.near.max-bytes=1MB");

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");

  @AfterAll
  static void stop() {
    near.close();
  }

  private static double reads(CacheFixture fixture) {
    return fixture
        .context()
        .getBean(MeterRegistry.class)
        .find("prism.redis.near.reads")
        .tag("found", "yes")
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void readsAreServedFromMemoryAndWritesAreSeen(CacheStrategy strategy) {
    Client here = near.client(namespace, Configs.of(strategy));
    Client there = other.client(namespace, Configs.of(strategy));
    double before = reads(near);
    here.set("k", "v");
    Await.until(
        "values to be read from memory",
        () -> {
          assertThat(here.get("k")).isEqualTo("v");
          return reads(near) > before + 10;
        });
    assertThat(here.response("k").getTtlRemainingSeconds()).isBetween(700L, 900L);
    // Its own changes at once, those of others as soon as Redis tells of them.
    for (int i = 0; i < 20; i++) {
      here.set("k", "v" + i);
      assertThat(here.get("k")).isEqualTo("v" + i);
      String theirs = "w" + i;
      there.set("k", theirs);
      Await.until("their write", () -> theirs.equals(here.get("k")));
      here.get("k");
      here.delete("k");
      assertThat(here.get("k")).isNull();
    }
    here.set("n", "1");
    here.get("n");
    assertThat(here.increment("n")).isEqualTo(2);
    assertThat(here.get("n")).isEqualTo("2");
  }

  @Test
  void itIsOffByDefault() {
    assertThat(other.context().getBean(MeterRegistry.class).find("prism.redis.near.reads").meter())
        .isNull();
  }
}
