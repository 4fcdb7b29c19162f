package io.prism.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandExecutionException;
import io.prism.redis.RedisValues.Stored;
import io.prism.redis.testing.RedisFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisValuesTest {

  private static final Freshness FRESHNESS =
      new Freshness(Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO);

  private static Replica replica;

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");
  private RedisValues values;

  @BeforeAll
  static void start() {
    replica = new Replica(RedisFixture.url());
  }

  @AfterAll
  static void stop() {
    replica.close();
  }

  @BeforeEach
  void values() {
    values = new RedisValues(replica.link, null);
  }

  /** So many bytes, and so many more, once. */
  private static final class Bytes implements Allowance {

    private final long more;
    private long granted;
    private int extensions;

    Bytes(long granted, long more) {
      this.granted = granted;
      this.more = more;
    }

    @Override
    public long granted() {
      return granted;
    }

    @Override
    public boolean extend() {
      extensions++;
      if (extensions > 1 || more == 0) {
        return false;
      }
      granted += more;
      return true;
    }

    @Override
    public RuntimeException exceeded() {
      return new IllegalStateException("too much");
    }
  }

  private byte[] key(String name) {
    return ("{" + namespace + "}:m:" + name).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] set(String name, String value) {
    byte[] key = key(name);
    replica
        .link
        .call("set", commands -> commands.set(key, value.getBytes(StandardCharsets.UTF_8)))
        .join();
    return key;
  }

  private static @Nullable String text(byte @Nullable [] value) {
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  @Test
  void aValueComesWithWhatIsLeftOfItsTime() {
    byte[] key = set("k", "v");
    assertThat(values.get(key).join().map(Stored::remaining)).isEmpty();
    assertThat(values.get(key).join().map(stored -> text(stored.bytes()))).contains("v");
    replica.link.call("expire", commands -> commands.pexpire(key, 60_000)).join();
    assertThat(values.get(key).join().orElseThrow().remaining())
        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
    assertThat(values.get(key("none")).join()).isEmpty();
  }

  @Test
  void whatIsNoValueFailsTheRead() {
    byte[] key = key("list");
    replica.link.call("push", commands -> commands.lpush(key, new byte[] {1})).join();
    assertThatThrownBy(() -> values.get(key).join())
        .hasRootCauseInstanceOf(RedisCommandExecutionException.class)
        .hasMessageContaining("WRONGTYPE");
  }

  @Test
  void manyReadsAtOnceAreEachAnsweredWithTheirOwn() {
    List<byte[]> keys =
        java.util.stream.IntStream.range(0, 500).mapToObj(i -> set("k" + i, "v" + i)).toList();
    List<CompletableFuture<Optional<Stored>>> reads = keys.stream().map(values::get).toList();
    for (int i = 0; i < reads.size(); i++) {
      assertThat(text(reads.get(i).join().orElseThrow().bytes())).isEqualTo("v" + i);
    }
  }

  @Test
  void severalValuesAreReadAsFarAsAllowed() {
    byte[][] keys = {set("a", "123"), key("none"), set("b", ""), set("c", "456"), set("d", "7")};
    Bytes exact = new Bytes(7, 0);
    assertThat(values.getAll(keys, exact).join())
        .extracting(RedisValuesTest::text)
        .containsExactly("123", null, "", "456", "7");
    Bytes extended = new Bytes(3, 4);
    assertThat(values.getAll(keys, extended).join())
        .extracting(RedisValuesTest::text)
        .containsExactly("123", null, "", "456", "7");
    assertThat(extended.extensions).isEqualTo(1);
    assertThatThrownBy(() -> values.getAll(keys, new Bytes(3, 3)).join())
        .hasRootCauseMessage("too much");
    assertThatThrownBy(() -> values.getAll(keys, new Bytes(0, 0)).join())
        .hasRootCauseMessage("too much");
  }

  @Test
  void valuesThatAreLargerThanUsualAreReadAsFarAsAllowedToo() {
    byte[][] small = {set("small", "1")};
    // By now values are taken for small ones, and are read in one command.
    for (int i = 0; i < 200; i++) {
      values.getAll(small, Allowance.UNBOUNDED).join();
    }
    byte[][] keys = {set("a", "x".repeat(2_000)), key("none"), set("b", "y".repeat(2_000))};
    assertThatThrownBy(() -> values.getAll(keys, new Bytes(3_000, 0)).join())
        .hasRootCauseMessage("too much");
    for (int i = 0; i < 200; i++) {
      values.getAll(small, Allowance.UNBOUNDED).join();
    }
    assertThat(values.getAll(keys, new Bytes(3_000, 1_000)).join())
        .extracting(RedisValuesTest::text)
        .containsExactly("x".repeat(2_000), null, "y".repeat(2_000));
  }

  private EntryKey entry(String name) {
    return new EntryKey(namespace, EntryKey.Space.VALUE, name);
  }

  @Test
  void whatTheSourceLeavesOutIsLoadedWhenThereIsMoreRoom() {
    Bytes allowance = new Bytes(3, 3);
    Map<EntryKey, Found> found =
        replica
            .reads
            .getAll(
                Set.of(entry("a"), entry("b")),
                FRESHNESS,
                allowance,
                (wanted, maxBytes) -> {
                  assertThat(maxBytes).isEqualTo(3);
                  EntryKey first = wanted.iterator().next();
                  return CompletableFuture.completedFuture(
                      new BatchSource.Batch(
                          Map.of(first, ControlledSource.value("123").orElseThrow()),
                          wanted.stream()
                              .filter(key -> !key.equals(first))
                              .collect(java.util.stream.Collectors.toSet())));
                })
            .join();
    assertThat(found).hasSize(2);
    assertThat(allowance.extensions).isEqualTo(1);
    assertThat(replica.entries.get(entry("a")).join()).isPresent();
    assertThat(replica.entries.get(entry("b")).join()).isPresent();
  }

  @Test
  void aReadThatIsTooLargeIsNotMadeFromTheSourceInstead() {
    replica.reads.get(entry("a"), FRESHNESS, ControlledSource.of("123")).join();
    assertThatThrownBy(
            () ->
                replica
                    .reads
                    .getAll(
                        Set.of(entry("a")),
                        FRESHNESS,
                        new Bytes(2, 0),
                        (wanted, maxBytes) -> {
                          throw new AssertionError("asked the source");
                        })
                    .join())
        .hasRootCauseMessage("too much");
    assertThatThrownBy(
            () ->
                replica
                    .reads
                    .getAll(
                        Set.of(entry("b")),
                        FRESHNESS,
                        new Bytes(2, 0),
                        (wanted, maxBytes) ->
                            CompletableFuture.completedFuture(
                                new BatchSource.Batch(Map.of(), wanted)))
                    .join())
        .hasRootCauseMessage("too much");
    // Its lease is given back.
    assertThat(replica.reads.get(entry("b"), FRESHNESS, ControlledSource.of("v")).join())
        .isPresent();
    assertThat(replica.entries.get(entry("b")).join()).isPresent();
  }
}
