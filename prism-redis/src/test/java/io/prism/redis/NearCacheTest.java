package io.prism.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.redis.EntryKey.Space;
import io.prism.redis.Fences.Fence;
import io.prism.redis.RedisValues.Stored;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NearCacheTest {

  private static final long MAX_BYTES = 200_000;
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Freshness FRESHNESS = new Freshness(TTL, Duration.ZERO, Duration.ZERO);

  private final EntryKey key =
      new EntryKey("t" + UUID.randomUUID().toString().replace("-", ""), Space.VALUE, "key");
  private RedisProcess redis;
  private Replica one;
  private Replica other;
  private NearCache near;

  @BeforeEach
  void start() {
    redis = new RedisProcess();
    one = Replica.near(redis.url(), MAX_BYTES);
    other = new Replica(redis.url());
    near = Objects.requireNonNull(one.near);
    Await.until("tracking", near::isUsable);
  }

  @AfterEach
  void stop() {
    one.close();
    other.close();
    redis.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String read(Replica replica, EntryKey key, String inSource) {
    return new String(
        replica
            .reads
            .get(key, FRESHNESS, ControlledSource.of(inSource))
            .join()
            .orElseThrow()
            .value(),
        StandardCharsets.UTF_8);
  }

  private @Nullable String kept(EntryKey key) {
    Stored stored = near.get(key.valueKey());
    return stored == null ? null : new String(stored.bytes(), StandardCharsets.UTF_8);
  }

  private void write(Replica replica, EntryKey key, String value) {
    Fence fence = replica.fences.begin(key).join();
    fence.written(bytes(value), TTL).join();
  }

  @Test
  void aValueThatWasReadIsHere() {
    read(one, key, "v");
    assertThat(read(one, key, "not asked")).isEqualTo("v");
    assertThat(kept(key)).isEqualTo("v");
    assertThat(read(one, key, "not asked")).isEqualTo("v");
    assertThat(Objects.requireNonNull(near.get(key.valueKey())).remaining())
        .isBetween(Duration.ofSeconds(50), TTL);
  }

  @Test
  void aWriteOfThisInstanceIsSeenByItsNextRead() {
    for (int i = 0; i < 300; i++) {
      read(one, key, "not asked");
      write(one, key, "v" + i);
      assertThat(read(one, key, "not asked")).isEqualTo("v" + i);
      read(one, key, "not asked");
      one.invalidations.invalidate(List.of(key)).join();
      assertThat(read(one, key, "w" + i)).isEqualTo("w" + i);
    }
  }

  @Test
  void aWriteOfAnotherInstanceIsSeenAsSoonAsRedisTellsOfIt() {
    for (int i = 0; i < 50; i++) {
      String value = "v" + i;
      read(one, key, "first");
      read(one, key, "first");
      write(other, key, value);
      Await.until("the write to be seen", () -> value.equals(read(one, key, "not asked")));
    }
  }

  @Test
  void aValueThatWasReadBeforeAChangeIsNotKeptAfterIt() {
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () -> {
              while (!over.get()) {
                read(one, key, "first");
              }
            });
    for (int i = 0; i < 500; i++) {
      write(other, key, "v" + i);
    }
    over.set(true);
    reader.join();
    Await.until("the last value", () -> "v499".equals(read(one, key, "not asked")));
    for (int i = 0; i < 100; i++) {
      assertThat(read(one, key, "not asked")).isEqualTo("v499");
    }
  }

  @Test
  void aConnectionThatIsCutEmptiesItAndItIsUsedAgainWhenRedisTellsAgain() {
    read(one, key, "old");
    read(one, key, "old");
    assertThat(kept(key)).isEqualTo("old");
    long losses = near.losses();
    redis.ask("CLIENT KILL TYPE normal SKIPME yes");
    Await.until("the loss to be noticed", () -> near.losses() > losses);
    assertThat(near.weight()).isZero();
    Await.until("the other instance to be connected", () -> wrote(other, "new"));
    Await.until("the new value", () -> "new".equals(read(one, key, "new")));
    Await.until(
        "the near cache to be used",
        () -> {
          assertThat(read(one, key, "new")).isEqualTo("new");
          return "new".equals(kept(key));
        });
  }

  private boolean wrote(Replica replica, String value) {
    write(replica, key, value);
    return replica.entries.get(key).handle((found, failure) -> failure == null).join();
  }

  @Test
  void aRedisThatIsGoneOrSilentLeavesNothingHere() {
    read(one, key, "old");
    read(one, key, "old");
    redis.freeze();
    assertThat(kept(key)).isEqualTo("old");
    Await.until("the silence to be noticed", Duration.ofSeconds(2), () -> kept(key) == null);
    assertThat(read(one, key, "source")).isEqualTo("source");
    redis.thaw();
    Await.until(
        "Redis to be heard again",
        () -> {
          read(one, key, "v");
          return near.isUsable();
        });
    redis.kill();
    Await.until("the loss to be noticed", () -> !near.isUsable());
    assertThat(read(one, key, "source")).isEqualTo("source");
    redis.start();
    Await.until("tracking", near::isUsable);
  }

  @Test
  void aValueIsNotHereLongerThanItLives() {
    AtomicInteger loads = new AtomicInteger();
    Freshness brief = new Freshness(Duration.ofMillis(300), Duration.ZERO, Duration.ZERO);
    Await.until(
        "a second load",
        () -> {
          one.reads
              .get(
                  key,
                  brief,
                  () -> {
                    loads.incrementAndGet();
                    return ControlledSource.of("v").get();
                  })
              .join();
          return loads.get() > 1;
        });
  }

  @Test
  void namespacesAreIsolated() {
    EntryKey theirs = new EntryKey("other", Space.VALUE, "key");
    EntryKey memory = new EntryKey(key.namespace(), Space.MEMORY, "key");
    for (int i = 0; i < 2; i++) {
      assertThat(read(one, key, "mine")).isEqualTo("mine");
      assertThat(read(one, theirs, "theirs")).isEqualTo("theirs");
      assertThat(read(one, memory, "memory")).isEqualTo("memory");
    }
    one.invalidations.invalidate(List.of(theirs)).join();
    assertThat(kept(theirs)).isNull();
    assertThat(kept(key)).isEqualTo("mine");
  }

  @Test
  void variantsOfAnEntryAreNotTakenForEachOther() {
    EntryKey names = new EntryKey(key.namespace(), Space.MAPPED, "key", "one:");
    EntryKey towns = new EntryKey(key.namespace(), Space.MAPPED, "key", "two:");
    for (int i = 0; i < 3; i++) {
      assertThat(read(one, names, "name")).isEqualTo("name");
      assertThat(read(one, names, "name")).isEqualTo("name");
      assertThat(read(one, towns, "town")).isEqualTo("town");
      assertThat(read(one, towns, "town")).isEqualTo("town");
    }
  }

  @Test
  void itHasNoMoreBytesThanItMayHave() {
    for (int i = 0; i < 100; i++) {
      EntryKey each = new EntryKey(key.namespace(), Space.VALUE, "k" + i);
      read(one, each, "v".repeat(10_000));
      read(one, each, "not asked");
    }
    near.cleanUp();
    assertThat(near.weight()).isBetween(MAX_BYTES / 2, MAX_BYTES);
  }

  @Test
  void anEmptiedRedisLeavesNothingHere() {
    read(one, key, "old");
    read(one, key, "old");
    redis.ask("FLUSHALL");
    Await.until("the news", () -> kept(key) == null);
    assertThat(read(one, key, "new")).isEqualTo("new");
  }
}
