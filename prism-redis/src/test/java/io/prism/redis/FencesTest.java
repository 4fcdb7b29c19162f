package io.prism.redis;

import static io.prism.redis.ControlledSource.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.redis.EntryKey.Space;
import io.prism.redis.Fences.Fence;
import io.prism.redis.testing.RedisFixture;
import io.prism.starter.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FencesTest {

  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Freshness FRESHNESS = new Freshness(TTL, Duration.ZERO, Duration.ZERO);

  private static Replica one;
  private static Replica two;

  private final EntryKey key =
      new EntryKey("t" + UUID.randomUUID().toString().replace("-", ""), Space.VALUE, "key");

  @BeforeAll
  static void start() {
    one = new Replica(RedisFixture.url());
    two = new Replica(RedisFixture.url());
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private @Nullable String copy() {
    return one.entries
        .get(key)
        .join()
        .map(found -> new String(found.value(), StandardCharsets.UTF_8))
        .orElse(null);
  }

  private String read(Replica replica, String inSource) {
    Found found =
        replica.reads.get(key, FRESHNESS, ControlledSource.of(inSource)).join().orElseThrow();
    return new String(found.value(), StandardCharsets.UTF_8);
  }

  @Test
  void aLoneWritersValueIsTheCopy() {
    Fence fence = one.fences.begin(key).join();
    fence.written(bytes("new"), TTL).join();
    assertThat(copy()).isEqualTo("new");
  }

  @Test
  void whileAWriterIsUnderWayTheOldCopyIsGoneAndReadersStoreNothing() {
    read(one, "old");
    Fence fence = one.fences.begin(key).join();
    assertThat(copy()).isNull();
    assertThat(read(two, "old or new")).isEqualTo("old or new");
    assertThat(copy()).isNull();
    fence.written(bytes("new"), TTL).join();
    assertThat(read(two, "never asked")).isEqualTo("new");
  }

  @Test
  void ofTwoWritersThatOverlapNoneLeavesACopyWhicheverEndsLast() {
    Fence first = one.fences.begin(key).join();
    Fence second = two.fences.begin(key).join();
    second.written(bytes("second"), TTL).join();
    assertThat(copy()).isNull();
    first.written(bytes("first"), TTL).join();
    assertThat(copy()).isNull();
    assertThat(read(one, "the truth")).isEqualTo("the truth");
    assertThat(copy()).isEqualTo("the truth");
  }

  @Test
  void aWriterAfterTwoThatOverlappedIsAloneAgain() {
    Fence first = one.fences.begin(key).join();
    Fence second = two.fences.begin(key).join();
    first.written(bytes("first"), TTL).join();
    second.written(bytes("second"), TTL).join();
    one.fences.begin(key).join().written(bytes("third"), TTL).join();
    assertThat(copy()).isEqualTo("third");
  }

  @Test
  void aChainOfWritersThatOverlapPairwiseLeavesNoCopy() {
    Fence first = one.fences.begin(key).join();
    Fence second = two.fences.begin(key).join();
    first.written(bytes("first"), TTL).join();
    Fence third = one.fences.begin(key).join();
    second.written(bytes("second"), TTL).join();
    third.written(bytes("third"), TTL).join();
    assertThat(copy()).isNull();
  }

  @Test
  void anInvalidationByAnotherWriterSpoilsAFence() {
    Fence fence = one.fences.begin(key).join();
    two.invalidations.invalidate(List.of(key)).join();
    fence.written(bytes("older than the other write"), TTL).join();
    assertThat(copy()).isNull();
  }

  @Test
  void aLoadFromBeforeTheWriteIsNotStoredAfterIt() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> reader = two.reads.get(key, FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    Fence fence = one.fences.begin(key).join();
    fence.removed().join();
    load.complete(value("old"));
    reader.join();
    assertThat(copy()).isNull();
  }

  @Test
  void aWriterThatNeverComesBackKeepsCopiesOffOnlyForItsTime() {
    byte[] lost = Entries.token();
    one.entries.fence(key, lost, Duration.ofMillis(200)).join();
    assertThat(read(two, "v")).isEqualTo("v");
    assertThat(copy()).isNull();
    Await.until(
        "a copy again",
        () -> {
          read(two, "v");
          return "v".equals(copy());
        });
  }

  @Test
  void aWriterThatTakesLongerThanItCountsStoresNothing() {
    byte[] late = Entries.token();
    one.entries.fence(key, late, Duration.ofMillis(1)).join();
    Await.until(
        "the end of the fence",
        () -> {
          read(two, "v");
          return copy() != null;
        });
    assertThat(one.entries.unfence(key, late, bytes("late"), TTL).join()).isFalse();
    assertThat(copy()).isNull();
  }

  @Test
  void aWriterOfOneVariantIsAWriterOfAll() {
    EntryKey names = new EntryKey(key.namespace(), Space.MAPPED, "key", "one:");
    EntryKey towns = new EntryKey(key.namespace(), Space.MAPPED, "key", "two:");
    two.reads.get(towns, FRESHNESS, ControlledSource.of("old")).join();
    Fence fence = one.fences.begin(names).join();
    assertThat(two.entries.get(towns).join()).isEmpty();
    two.reads.get(towns, FRESHNESS, ControlledSource.of("old or new")).join();
    assertThat(two.entries.get(towns).join()).isEmpty();
    Fence other = two.fences.begin(towns).join();
    fence.written(bytes("name"), TTL).join();
    other.written(bytes("town"), TTL).join();
    assertThat(one.entries.get(names).join()).isEmpty();
    assertThat(one.entries.get(towns).join()).isEmpty();
    one.fences.begin(names).join().written(bytes("name"), TTL).join();
    assertThat(one.entries.get(names).join().orElseThrow().value()).isEqualTo(bytes("name"));
    assertThat(one.entries.get(towns).join()).isEmpty();
  }

  @Test
  void aLoadFromBeforeTheWriteIsNotStoredDuringIt() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> reader = two.reads.get(key, FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    Fence fence = one.fences.begin(key).join();
    load.complete(value("old"));
    reader.join();
    assertThat(copy()).isNull();
    fence.removed().join();
  }

  @Test
  void whileAWriterIsUnderWayNothingIsKnownToBeAbsent() {
    Freshness negative = new Freshness(TTL, TTL, Duration.ZERO);
    two.reads.get(key, negative, () -> CompletableFuture.completedFuture(Optional.empty())).join();
    Fence fence = one.fences.begin(key).join();
    assertThat(read(two, "just written")).isEqualTo("just written");
    fence.removed().join();
  }

  @Test
  void aWriterAfterOneThatNeverCameBackIsAloneWhenThatOnesTimeIsOver() {
    byte[] lost = Entries.token();
    one.entries.fence(key, lost, Duration.ofMillis(100)).join();
    Fence overlapping = one.fences.begin(key).join();
    overlapping.written(bytes("overlapping"), TTL).join();
    assertThat(copy()).isNull();
    Await.until(
        "the end of the lost writer's time",
        () -> {
          two.fences.begin(key).join().written(bytes("alone"), TTL).join();
          return "alone".equals(copy());
        });
  }
}
