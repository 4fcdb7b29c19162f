package io.prism.redis;

import static io.prism.redis.ControlledSource.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.redis.EntryKey.Space;
import io.prism.redis.ReadThrough.LeaseTimes;
import io.prism.redis.testing.RedisFixture;
import io.prism.starter.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReadThroughTest {

  private static final Freshness FRESHNESS =
      new Freshness(Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO);

  private static Replica one;
  private static Replica two;
  private static Replica three;

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");
  private final EntryKey key = new EntryKey(namespace, Space.VALUE, "key");

  @BeforeAll
  static void start() {
    one = new Replica(RedisFixture.url());
    two = new Replica(RedisFixture.url());
    three = new Replica(RedisFixture.url());
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    three.close();
  }

  private static @Nullable String text(CompletableFuture<Optional<Found>> found) {
    return found
        .join()
        .map(value -> new String(value.value(), StandardCharsets.UTF_8))
        .orElse(null);
  }

  private @Nullable String copy() {
    return text(one.entries.get(key));
  }

  @Test
  void whatWasLoadedIsServedFromItsCopyAfterwards() {
    Found first = one.reads.get(key, FRESHNESS, ControlledSource.of("v")).join().orElseThrow();
    Found second = two.reads.get(key, FRESHNESS, ControlledSource.of("other")).join().orElseThrow();
    assertThat(first.fromSource()).isTrue();
    assertThat(second.fromSource()).isFalse();
    assertThat(second.value()).isEqualTo("v".getBytes(StandardCharsets.UTF_8));
    // Less up to a tenth, by chance.
    assertThat(second.remaining()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
  }

  @Test
  void whatIsOverWhenItIsLoadedIsServedAndHasNoCopy() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> first = one.reads.get(key, FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    CompletableFuture<Optional<Found>> joined = one.reads.get(key, FRESHNESS, source);
    // It has found no copy and joined, when the next command of its connection is answered.
    assertThat(copy()).isNull();
    load.complete(value("once", Duration.ZERO));
    assertThat(text(first)).isEqualTo("once");
    assertThat(text(joined)).isEqualTo("once");
    assertThat(copy()).isNull();
    // And nobody waits for its lease.
    assertThat(text(two.reads.get(key, FRESHNESS, ControlledSource.of("again"))))
        .isEqualTo("again");
    assertThat(copy()).isEqualTo("again");
  }

  @Test
  void allCopiesOfANamespaceAreRemovedAndNoLoadUnderWayIsStored() {
    EntryKey other = new EntryKey(namespace + "-other", Space.ROW, "key");
    EntryKey row = EntryKey.row(namespace, "users", "1");
    EntryKey absent = EntryKey.row(namespace, "users", "2");
    Freshness remembering =
        new Freshness(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO);
    for (EntryKey copied : List.of(key, other, row)) {
      one.reads.get(copied, FRESHNESS, ControlledSource.of("old")).join();
    }
    one.reads
        .get(absent, remembering, () -> CompletableFuture.completedFuture(Optional.empty()))
        .join();
    ControlledSource source = new ControlledSource();
    EntryKey loading = EntryKey.row(namespace, "users", "3");
    CompletableFuture<Optional<Found>> reader = one.reads.get(loading, FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    two.invalidations.invalidateAll(namespace).join();
    load.complete(value("old"));
    assertThat(text(reader)).isEqualTo("old");
    for (EntryKey gone : List.of(key, row, absent, loading)) {
      assertThat(text(one.reads.get(gone, remembering, ControlledSource.of("new"))))
          .isEqualTo("new");
    }
    assertThat(text(one.reads.get(other, FRESHNESS, ControlledSource.of("new")))).isEqualTo("old");
  }

  @Test
  void aValueLoadedBeforeAnInvalidationIsNotStoredAfterIt() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> reader = one.reads.get(key, FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    two.invalidations.invalidate(List.of(key)).join();
    load.complete(value("old"));
    assertThat(text(reader)).isEqualTo("old");
    assertThat(copy()).isNull();
    assertThat(text(one.reads.get(key, FRESHNESS, ControlledSource.of("new")))).isEqualTo("new");
  }

  @Test
  void aCallThatBeginsAfterAWriteIsNotGivenWhatWasLoadedBeforeIt() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> before = one.reads.get(key, FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    two.invalidations.invalidate(List.of(key)).join();
    CompletableFuture<Optional<Found>> after =
        one.reads.get(key, FRESHNESS, ControlledSource.of("new"));
    // It has found no copy and joined, when the next command of its connection is answered.
    assertThat(copy()).isNull();
    load.complete(value("old"));
    assertThat(text(before)).isEqualTo("old");
    assertThat(text(after)).isEqualTo("new");
  }

  @Test
  void twoHundredCallersOnThreeInstancesOfAColdKeyCauseOneLoad() {
    ControlledSource source = new ControlledSource();
    List<CompletableFuture<Optional<Found>>> callers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      for (Replica replica : List.of(one, two, three)) {
        callers.add(replica.reads.get(key, FRESHNESS, source));
      }
    }
    source.next().complete(value("v"));
    assertThat(callers).allSatisfy(caller -> assertThat(text(caller)).isEqualTo("v"));
    assertThat(source.loads()).isEqualTo(1);
  }

  @Test
  void aLoaderThatNeverComesBackKeepsOthersOnlyForItsLease() {
    LeaseTimes impatient =
        new LeaseTimes(Duration.ofMillis(300), Duration.ofSeconds(4), Duration.ofSeconds(1));
    try (Replica slow = new Replica(RedisFixture.url(), impatient)) {
      ControlledSource stuck = new ControlledSource();
      CompletableFuture<Optional<Found>> first = slow.reads.get(key, FRESHNESS, stuck);
      CompletableFuture<Optional<Loaded>> load = stuck.next();
      assertThat(text(one.reads.get(key, FRESHNESS, ControlledSource.of("v")))).isEqualTo("v");
      assertThat(copy()).isEqualTo("v");
      load.complete(value("late"));
      assertThat(text(first)).isEqualTo("late");
      assertThat(copy()).isEqualTo("v");
    }
  }

  @Test
  void whoHasWaitedLongEnoughLoadsByItselfAndStoresNothing() {
    LeaseTimes impatient =
        new LeaseTimes(Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(1));
    try (Replica other = new Replica(RedisFixture.url(), impatient)) {
      ControlledSource source = new ControlledSource();
      CompletableFuture<Optional<Found>> holder = one.reads.get(key, FRESHNESS, source);
      CompletableFuture<Optional<Loaded>> load = source.next();
      assertThat(text(other.reads.get(key, FRESHNESS, ControlledSource.of("own"))))
          .isEqualTo("own");
      assertThat(copy()).isNull();
      load.complete(value("v"));
      assertThat(text(holder)).isEqualTo("v");
      assertThat(copy()).isEqualTo("v");
    }
  }

  @Test
  void aFailedLoadFailsItsCallersAndIsNotRemembered() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> first = one.reads.get(key, FRESHNESS, source);
    source.next().completeExceptionally(new IllegalStateException("no source"));
    assertThatThrownBy(first::join).hasRootCauseMessage("no source");
    assertThat(text(two.reads.get(key, FRESHNESS, ControlledSource.of("v")))).isEqualTo("v");
  }

  @Test
  void anAbsenceIsRememberedForItsTimeAndEndsWithAnInvalidation() {
    Freshness negative = new Freshness(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO);
    AtomicInteger loads = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      assertThat(
              one.reads
                  .get(
                      key,
                      negative,
                      () -> {
                        loads.incrementAndGet();
                        return CompletableFuture.completedFuture(Optional.empty());
                      })
                  .join())
          .isEmpty();
    }
    assertThat(loads).hasValue(1);
    two.invalidations.invalidate(List.of(key)).join();
    assertThat(text(one.reads.get(key, negative, ControlledSource.of("v")))).isEqualTo("v");
  }

  @Test
  void noCopyLivesLongerThanTheSourceSaysItsValueDoes() {
    one.reads
        .get(
            key,
            FRESHNESS,
            () -> CompletableFuture.completedFuture(value("v", Duration.ofMillis(200))))
        .join();
    Await.until("the end of the copy", () -> copy() == null);
  }

  @Test
  void aStaleCopyIsServedWhileItIsLoadedAnew() {
    Freshness stale = new Freshness(Duration.ofMillis(50), Duration.ZERO, Duration.ofSeconds(60));
    one.reads.get(key, stale, ControlledSource.of("old")).join();
    ControlledSource source = new ControlledSource();
    Await.until(
        "a load in the background",
        () -> {
          assertThat(text(one.reads.get(key, stale, source))).isEqualTo("old");
          return source.loads() > 0;
        });
    source.next().complete(value("new"));
    Await.until("the new copy", () -> "new".equals(copy()));
  }

  @Test
  void aStaleCopyWhoseSourceHasNothingAnyMoreGoes() {
    Freshness stale = new Freshness(Duration.ofMillis(50), Duration.ZERO, Duration.ofSeconds(60));
    one.reads.get(key, stale, ControlledSource.of("old")).join();
    Await.until(
        "an absence",
        () ->
            one.reads
                .get(key, stale, () -> CompletableFuture.completedFuture(Optional.empty()))
                .join()
                .isEmpty());
  }

  @Test
  void copiesMadeTogetherDoNotEndTogether() {
    Set<Duration> ends = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      EntryKey each = new EntryKey(namespace, Space.VALUE, "k" + i);
      one.reads.get(each, FRESHNESS, ControlledSource.of("v")).join();
      Duration remaining = one.entries.get(each).join().orElseThrow().remaining();
      ends.add(Objects.requireNonNull(remaining).truncatedTo(ChronoUnit.SECONDS));
    }
    assertThat(ends).hasSizeGreaterThan(2);
  }

  @Test
  void whatIsMissingOfSeveralKeysIsLoadedTogetherAndStored() {
    List<EntryKey> keys = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      keys.add(new EntryKey(namespace, Space.VALUE, "k" + i));
    }
    one.reads.get(keys.get(0), FRESHNESS, ControlledSource.of("copied")).join();
    List<Set<EntryKey>> asked = new ArrayList<>();
    Map<EntryKey, Found> found =
        one.reads
            .getAll(
                Set.copyOf(keys),
                FRESHNESS,
                wanted -> {
                  asked.add(wanted);
                  return CompletableFuture.completedFuture(
                      Map.of(
                          keys.get(1), value("loaded").orElseThrow(),
                          keys.get(2), value("loaded").orElseThrow()));
                })
            .join();
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst()).containsExactlyInAnyOrderElementsOf(keys.subList(1, 5));
    assertThat(found).containsOnlyKeys(keys.subList(0, 3));
    assertThat(found.get(keys.get(0))).extracting(Found::fromSource).isEqualTo(false);
    assertThat(text(two.entries.get(keys.get(2)))).isEqualTo("loaded");
  }

  @Test
  void severalKeysOfWhichOneIsLoadedElsewhereWaitForThatLoad() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> other = two.reads.get(key, FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    EntryKey free = new EntryKey(namespace, Space.VALUE, "free");
    List<Set<EntryKey>> asked = new ArrayList<>();
    CompletableFuture<Map<EntryKey, Found>> all =
        one.reads.getAll(
            Set.of(key, free),
            FRESHNESS,
            wanted -> {
              asked.add(wanted);
              return CompletableFuture.completedFuture(Map.of(free, value("mine").orElseThrow()));
            });
    Await.until("the copy of what is free", () -> "mine".equals(text(two.entries.get(free))));
    load.complete(value("theirs"));
    assertThat(text(other)).isEqualTo("theirs");
    assertThat(all.join()).containsOnlyKeys(key, free);
    assertThat(asked).containsExactly(Set.of(free));
  }

  private EntryKey variant(String variant) {
    return new EntryKey(namespace, Space.MAPPED, "key", variant);
  }

  @Test
  void aCopyOfAnotherVariantIsNoneAndIsReplaced() {
    for (int i = 0; i < 2; i++) {
      assertThat(text(one.reads.get(variant("one:"), FRESHNESS, ControlledSource.of("1"))))
          .isEqualTo("1");
      assertThat(text(two.entries.get(variant("two:")))).isNull();
      assertThat(text(two.entries.get(variant("one:")))).isEqualTo("1");
      assertThat(text(two.reads.get(variant("two:"), FRESHNESS, ControlledSource.of("2"))))
          .isEqualTo("2");
      assertThat(text(one.entries.get(variant("one:")))).isNull();
      assertThat(text(one.entries.get(variant("two:")))).isEqualTo("2");
    }
  }

  @Test
  void severalKeysAreOfTheirVariant() {
    one.reads.get(variant("one:"), FRESHNESS, ControlledSource.of("1")).join();
    for (String variant : List.of("two:", "one:", "two:")) {
      EntryKey key = variant(variant);
      Found found =
          one.reads
              .getAll(
                  Set.of(key),
                  FRESHNESS,
                  wanted ->
                      CompletableFuture.completedFuture(
                          Map.of(key, value("of " + variant).orElseThrow())))
              .join()
              .get(key);
      assertThat(Objects.requireNonNull(found).value())
          .isEqualTo(("of " + variant).getBytes(StandardCharsets.UTF_8));
      assertThat(text(two.entries.get(key))).isEqualTo("of " + variant);
    }
  }

  @Test
  void anAbsenceIsOfItsVariant() {
    Freshness negative = new Freshness(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO);
    one.reads
        .get(variant("one:"), negative, () -> CompletableFuture.completedFuture(Optional.empty()))
        .join();
    assertThat(text(one.reads.get(variant("one:"), negative, ControlledSource.of("not asked"))))
        .isNull();
    assertThat(text(two.reads.get(variant("two:"), negative, ControlledSource.of("2"))))
        .isEqualTo("2");
    assertThat(text(one.reads.get(variant("one:"), negative, ControlledSource.of("1"))))
        .isEqualTo("1");
  }

  @Test
  void aLoadOfAnotherVariantIsNotJoined() {
    ControlledSource source = new ControlledSource();
    CompletableFuture<Optional<Found>> first = one.reads.get(variant("one:"), FRESHNESS, source);
    CompletableFuture<Optional<Loaded>> load = source.next();
    CompletableFuture<Optional<Found>> second =
        one.reads.get(variant("two:"), FRESHNESS, ControlledSource.of("2"));
    load.complete(value("1"));
    assertThat(text(first)).isEqualTo("1");
    assertThat(text(second)).isEqualTo("2");
  }

  @Test
  void aRenewedCopyDoesNotKeepOtherVariantsWaiting() {
    LeaseTimes quiet =
        new LeaseTimes(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60));
    Freshness stale = new Freshness(Duration.ofMillis(50), Duration.ZERO, Duration.ofSeconds(60));
    try (Replica replica = new Replica(RedisFixture.url(), quiet)) {
      replica.reads.get(variant("one:"), stale, ControlledSource.of("old")).join();
      Await.until(
          "the new copy",
          () -> {
            replica.reads.get(variant("one:"), stale, ControlledSource.of("new")).join();
            return "new".equals(text(one.entries.get(variant("one:"))));
          });
      assertThat(
              replica
                  .reads
                  .get(variant("two:"), stale, ControlledSource.of("2"))
                  .orTimeout(5, TimeUnit.SECONDS)
                  .join())
          .isPresent();
    }
  }

  @Test
  void anInvalidationIsOfAllVariants() {
    one.reads.get(variant("one:"), FRESHNESS, ControlledSource.of("old")).join();
    two.invalidations.invalidate(EntryKey.copiesOfRow(namespace, "any", "id")).join();
    assertThat(text(one.entries.get(variant("one:")))).isEqualTo("old");
    two.invalidations.invalidate(List.of(variant(""))).join();
    assertThat(text(one.entries.get(variant("one:")))).isNull();
    one.reads.get(variant("one:"), FRESHNESS, ControlledSource.of("old")).join();
    two.invalidations.invalidate(List.of(variant("two:"))).join();
    assertThat(text(one.entries.get(variant("one:")))).isNull();
  }
}
