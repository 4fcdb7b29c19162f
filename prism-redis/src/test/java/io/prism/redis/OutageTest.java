package io.prism.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.redis.EntryKey.Space;
import io.prism.redis.Fences.Fence;
import io.prism.redis.ReadThrough.LeaseTimes;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutageTest {

  private static final Freshness FRESHNESS =
      new Freshness(Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO);
  private static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofSeconds(1));
  private static final int MAX_OWED = 10;

  private final EntryKey key = new EntryKey("shop", Space.VALUE, "key");
  private RedisProcess redis;
  private Replica replica;

  @BeforeEach
  void start() {
    redis = new RedisProcess();
    replica = new Replica(redis.url(), TIMES, MAX_OWED);
  }

  @AfterEach
  void stop() {
    replica.close();
    redis.close();
  }

  private String read(String inSource) {
    Found found =
        replica.reads.get(key, FRESHNESS, ControlledSource.of(inSource)).join().orElseThrow();
    return new String(found.value(), StandardCharsets.UTF_8);
  }

  private void awaitRecovery() {
    Await.until(
        "copies again",
        () -> {
          read("v");
          return !replica
              .reads
              .get(key, FRESHNESS, ControlledSource.of("v"))
              .join()
              .orElseThrow()
              .fromSource();
        });
  }

  @Test
  void withoutRedisTheSourceServesAndCopiesComeBackByThemselves() {
    read("v");
    redis.kill();
    assertThat(read("from source")).isEqualTo("from source");
    redis.start();
    awaitRecovery();
  }

  @Test
  void aRedisThatDoesNotAnswerIsAnOutageWithinItsTimeLimit() {
    read("v");
    redis.freeze();
    long start = System.nanoTime();
    assertThat(read("from source")).isEqualTo("from source");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    redis.thaw();
    awaitRecovery();
  }

  @Test
  void everyCallEndsWithinTheTimeLimitAndNotBefore() {
    read("v");
    redis.freeze();
    long start = System.nanoTime();
    assertThatThrownBy(() -> new RedisValues(replica.link, null).get(key.valueKey()).join())
        .hasCauseInstanceOf(PrismException.class);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(took).isBetween(Duration.ofMillis(400), Duration.ofMillis(1_000));
    redis.thaw();
    awaitRecovery();
  }

  @Test
  void whatIsUnderWayWhenTheConnectionBreaksIsServedByTheSource() {
    read("v");
    redis.freeze();
    List<CompletableFuture<Optional<Found>>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      EntryKey each = new EntryKey("shop", Space.VALUE, "k" + i);
      calls.add(replica.reads.get(each, FRESHNESS, ControlledSource.of("from source")));
    }
    CompletableFuture<List<byte @Nullable []>> several =
        new RedisValues(replica.link, null)
            .getAll(new byte[][] {key.valueKey()}, Allowance.UNBOUNDED);
    redis.kill();
    assertThat(calls).allSatisfy(call -> assertThat(call.join()).isPresent());
    assertThatThrownBy(several::join).hasCauseInstanceOf(PrismException.class);
    redis.start();
    awaitRecovery();
  }

  @Test
  void anInvalidationThatCouldNotBeMadeIsMadeBeforeCopiesAreReadAgain() {
    read("old");
    redis.freeze();
    replica.invalidations.invalidate(List.of(key)).join();
    assertThat(replica.invalidations.isOwing()).isTrue();
    redis.thaw();
    // Whatever moment it is, nobody is served the old copy, which was still in Redis.
    Await.until(
        "the debts to be paid",
        () -> {
          assertThat(read("new")).isEqualTo("new");
          return !replica.invalidations.isOwing();
        });
    assertThat(read("new")).isEqualTo("new");
  }

  @Test
  void aWriterWhoCouldNotFenceOwesTheInvalidation() {
    read("old");
    redis.freeze();
    Fence fence = replica.fences.begin(key).join();
    fence.written("new".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1)).join();
    redis.thaw();
    Await.until(
        "the debts to be paid",
        () -> {
          assertThat(read("new")).isEqualTo("new");
          return !replica.invalidations.isOwing();
        });
  }

  @Test
  void aFenceThatRedisHasLostStoresNothing() {
    Fence fence = replica.fences.begin(key).join();
    redis.kill();
    redis.start();
    fence.written("v".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1)).join();
    Await.until("no debts", () -> !replica.invalidations.isOwing());
    assertThat(read("the truth")).isEqualTo("the truth");
  }

  @Test
  void moreDebtsThanAreRememberedRemoveAllCopiesOfTheirNamespacesAndNothingElse() {
    read("old");
    EntryKey other = new EntryKey("other", Space.VALUE, "key");
    EntryKey memory = new EntryKey("shop", Space.MEMORY, "key");
    for (EntryKey kept : List.of(other, memory)) {
      replica.link.call("set", commands -> commands.set(kept.valueKey(), new byte[] {1})).join();
    }
    EntryKey mapped = new EntryKey("shop", Space.MAPPED, "key");
    EntryKey row = EntryKey.row("shop", "users", "1");
    for (EntryKey copy : List.of(mapped, row)) {
      replica.reads.get(copy, FRESHNESS, ControlledSource.of("old")).join();
    }
    redis.freeze();
    List<EntryKey> many = new ArrayList<>();
    for (int i = 0; i < 3 * MAX_OWED; i++) {
      many.add(new EntryKey("shop", Space.VALUE, "k" + i));
    }
    replica.invalidations.invalidate(many).join();
    redis.thaw();
    Await.until("the debts to be paid", () -> !replica.invalidations.isOwing());
    assertThat(replica.entries.get(key).join()).isEmpty();
    assertThat(replica.entries.get(mapped).join()).isEmpty();
    assertThat(replica.entries.get(row).join()).isEmpty();
    assertThat(replica.entries.get(other).join()).isPresent();
    assertThat(replica.entries.get(memory).join()).isPresent();
  }

  @Test
  void aServiceStartsWithoutRedisAndReachesItLater() {
    redis.kill();
    try (Replica early = new Replica(redis.url(), TIMES)) {
      assertThat(early.reads.get(key, FRESHNESS, ControlledSource.of("v")).join()).isPresent();
      redis.start();
      Await.until(
          "copies",
          () -> {
            early.reads.get(key, FRESHNESS, ControlledSource.of("v")).join();
            return early
                .reads
                .get(key, FRESHNESS, ControlledSource.of("v"))
                .join()
                .filter(found -> !found.fromSource())
                .isPresent();
          });
    }
  }
}
