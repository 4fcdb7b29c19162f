package io.prism.cache;

import static io.prism.cache.testing.Configs.cacheOnly;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.BadRequest;
import io.lettuce.core.resource.ClientResources;
import io.prism.cache.domain.CacheReason;
import io.prism.cache.testing.Answers;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.testing.Configs;
import io.prism.cache.v1.CacheEntry;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.GetMultiResponse;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.IncrementRequest;
import io.prism.cache.v1.SetExRequest;
import io.prism.cache.v1.SetExResponse;
import io.prism.cache.v1.SetRequest;
import io.prism.config.v1.CacheStrategy;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every strategy. */
class CacheTest {

  private static final CacheFixture fixture = CacheFixture.shared();

  private static Client client(CacheStrategy strategy) {
    return fixture.client(Configs.of(strategy));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void conditionsOfSet(CacheStrategy strategy) {
    Client client = client(strategy);
    SetRequest.Builder ifExists =
        SetRequest.newBuilder()
            .setKey("k")
            .setValue(ByteString.copyFromUtf8("second"))
            .setOnlyIfExists(true);
    SetRequest.Builder ifNot =
        SetRequest.newBuilder()
            .setKey("k")
            .setValue(ByteString.copyFromUtf8("first"))
            .setOnlyIfNotExists(true);
    assertThat(client.set(ifExists)).isFalse();
    assertThat(client.get("k")).isNull();
    assertThat(client.set(ifNot)).isTrue();
    assertThat(client.get("k")).isEqualTo("first");
    assertThat(client.set(ifNot)).isFalse();
    assertThat(client.get("k")).isEqualTo("first");
    assertThat(client.set(ifExists)).isTrue();
    assertThat(client.get("k")).isEqualTo("second");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void ofManyWhoSetOnlyIfNotExistsExactlyOneDoes(CacheStrategy strategy) {
    Client client = client(strategy);
    long stored =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    client
                        .futures()
                        .set(
                            SetRequest.newBuilder()
                                .setKey("k")
                                .setValue(ByteString.copyFromUtf8("v" + i))
                                .setOnlyIfNotExists(true)
                                .build()))
            .toList()
            .stream()
            .filter(call -> Answers.of(call).getStored())
            .count();
    assertThat(stored).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void aValueThatHasExpiredIsAbsentForEveryRpc(CacheStrategy strategy) {
    Client client = client(strategy);
    assertThat(client.setEx("k", "v", Duration.ofMillis(300)).getStored()).isTrue();
    assertThat(client.get("k")).isEqualTo("v");
    Await.until("the end of the value", () -> client.get("k") == null);
    assertThat(client.exists("k")).isFalse();
    assertThat(client.getMulti("k").getFoundCount()).isZero();
    assertThat(client.delete("k")).isFalse();
    assertThat(
            client.set(
                SetRequest.newBuilder()
                    .setKey("k")
                    .setValue(ByteString.copyFromUtf8("again"))
                    .setOnlyIfNotExists(true)))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void setExTellsWhenTheValueExpires(CacheStrategy strategy) {
    Client client = client(strategy);
    long before = System.currentTimeMillis();
    SetExResponse response = client.setEx("k", "v", Duration.ofMinutes(10));
    assertThat(Timestamps.toMillis(response.getExpiresAt()) - before)
        .isBetween(Duration.ofMinutes(10).toMillis(), Duration.ofMinutes(11).toMillis());
    assertThat(client.response("k").getTtlRemainingSeconds()).isBetween(530L, 600L);
    SetExRequest.Builder refused =
        SetExRequest.newBuilder()
            .setKey("k")
            .setTtl(Durations.fromSeconds(1))
            .setOnlyIfNotExists(true);
    assertThat(client.stub().setEx(refused.build()).hasExpiresAt()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void ttlIsTheRequestsElseTheConfigsElseFifteenMinutes(CacheStrategy strategy) {
    Client byDefault = client(strategy);
    byDefault.set("k", "v");
    assertThat(byDefault.response("k").getTtlRemainingSeconds()).isBetween(800L, 900L);
    Client configured = fixture.client(Configs.of(strategy).setTtlSeconds(60));
    configured.set("k", "v");
    assertThat(configured.response("k").getTtlRemainingSeconds()).isBetween(50L, 60L);
    configured.setEx("k", "v", Duration.ofSeconds(20));
    assertThat(configured.response("k").getTtlRemainingSeconds()).isBetween(10L, 20L);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void noExpiryOnlyWithAllowNoExpiration(CacheStrategy strategy) {
    SetRequest.Builder forever =
        SetRequest.newBuilder()
            .setKey("k")
            .setValue(ByteString.copyFromUtf8("v"))
            .setNoExpiration(true);
    Client strict = client(strategy);
    failsWith(CallReason.INVALID_ARGUMENT, () -> strict.set(forever));
    Client free = fixture.client(Configs.of(strategy).setAllowNoExpiration(true));
    assertThat(free.set(forever)).isTrue();
    GetResponse found = free.response("k");
    assertThat(found.getFound()).isTrue();
    assertThat(found.hasTtlRemainingSeconds()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void countersUnderAHundredConcurrentIncrementsLoseNothingAndKeepTheirExpiry(
      CacheStrategy strategy) {
    Client client = client(strategy);
    IncrementRequest increment =
        IncrementRequest.newBuilder()
            .setKey("n")
            .setInitialValue(1000)
            .setTtl(Durations.fromSeconds(600))
            .build();
    Set<Long> sums = new ConcurrentSkipListSet<>();
    IntStream.range(0, 100)
        .mapToObj(i -> client.futures().increment(increment))
        .toList()
        .forEach(call -> sums.add(Answers.of(call).getValue()));
    assertThat(sums).hasSize(100);
    assertThat(Collections.min(sums)).isEqualTo(1001);
    assertThat(Collections.max(sums)).isEqualTo(1100);
    GetResponse counter = client.response("n");
    assertThat(counter.getValue().toStringUtf8()).isEqualTo("1100");
    assertThat(counter.getTtlRemainingSeconds()).isBetween(530L, 600L);
    // A ttl counts at creation only.
    client.increment(increment.toBuilder().setTtl(Durations.fromSeconds(6000)));
    assertThat(client.response("n").getTtlRemainingSeconds()).isLessThanOrEqualTo(600L);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void incrementOfWhatIsNoIntegerOrOverflowsIsRefusedAndChangesNothing(CacheStrategy strategy) {
    Client client = client(strategy);
    for (String text : List.of("abc", "", "1.5", "+1", "01", " 1", "9223372036854775808")) {
      client.set("k", text);
      failsWith(CacheReason.NOT_AN_INTEGER, () -> client.increment("k"));
      assertThat(client.get("k")).isEqualTo(text);
    }
    client.set("k", Long.toString(Long.MAX_VALUE));
    failsWith(CacheReason.COUNTER_OVERFLOW, () -> client.increment("k"));
    assertThat(client.get("k")).isEqualTo(Long.toString(Long.MAX_VALUE));
    IncrementRequest.Builder first =
        IncrementRequest.newBuilder().setKey("new").setInitialValue(Long.MIN_VALUE).setDelta(-1);
    failsWith(CacheReason.COUNTER_OVERFLOW, () -> client.increment(first));
    assertThat(client.exists("new")).isFalse();
    client.set("k", Long.toString(Long.MAX_VALUE - 1));
    assertThat(client.increment("k")).isEqualTo(Long.MAX_VALUE);
    assertThat(client.increment(IncrementRequest.newBuilder().setKey("k").setDelta(-5)))
        .isEqualTo(Long.MAX_VALUE - 5);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void getMultiAnswersInTheOrderOfTheRequest(CacheStrategy strategy) {
    Client client = client(strategy);
    client.set("a", "1");
    client.set("b", "");
    GetMultiResponse response = client.getMulti("b", "none", "a", "b");
    assertThat(response.getEntriesList())
        .extracting(CacheEntry::getKey)
        .containsExactly("b", "none", "a", "b");
    assertThat(response.getEntriesList())
        .extracting(CacheEntry::getFound)
        .containsExactly(true, false, true, true);
    assertThat(response.getEntries(2).getValue().toStringUtf8()).isEqualTo("1");
    assertThat(response.getFoundCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void aThousandKeysAtOnce(CacheStrategy strategy) {
    Client client = client(strategy);
    for (int i = 0; i < 1000; i += 100) {
      client.set("k" + i, "v" + i);
    }
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      keys.add("k" + i);
    }
    GetMultiResponse response = client.getMulti(keys);
    assertThat(response.getFoundCount()).isEqualTo(10);
    assertThat(response.getEntries(900).getValue().toStringUtf8()).isEqualTo("v900");
    assertThat(client.getMulti(keys).getFoundCount()).isEqualTo(10);
    keys.add("one more");
    failsWith(CallReason.LIMIT_EXCEEDED, () -> client.getMulti(keys));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void keysAreOneTo1024BytesOfAnyUtf8(CacheStrategy strategy) {
    Client client = client(strategy);
    List<String> odd =
        List.of(
            "k".repeat(1024), "é".repeat(512), "😀".repeat(256), "a\0b", "a\\0b", "{x}:y", "a\nb");
    odd.forEach(key -> client.set(key, "value of " + key.length() + key));
    assertThat(odd)
        .allSatisfy(key -> assertThat(client.get(key)).isEqualTo("value of " + key.length() + key));
    assertThat(client.getMulti(odd).getFoundCount()).isEqualTo(odd.size());
    failsWith(CallReason.LIMIT_EXCEEDED, () -> client.set("k".repeat(1025), "v"));
    failsWith(CallReason.LIMIT_EXCEEDED, () -> client.get("é".repeat(513)));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get(""));
    assertThat(
            Failures.detail(
                    failsWith(CallReason.INVALID_ARGUMENT, () -> client.getMulti("a", "")),
                    BadRequest.class)
                .orElseThrow()
                .getFieldViolations(0)
                .getField())
        .isEqualTo("keys[1]");
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.getMulti(List.of()));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void valuesAreUpToFourMebibytes(CacheStrategy strategy) {
    Client client = client(strategy);
    byte[] bytes = new byte[4 * 1024 * 1024];
    new Random(1).nextBytes(bytes);
    assertThat(client.set("k", ByteString.copyFrom(bytes))).isTrue();
    assertThat(client.response("k").getValue().toByteArray()).isEqualTo(bytes);
    failsWith(
        CallReason.LIMIT_EXCEEDED,
        () -> client.set("k", ByteString.copyFrom(new byte[bytes.length + 1])));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
  void namespacesAreIsolated(CacheStrategy strategy) {
    Client one = fixture.client("t-iso-" + strategy.getNumber(), Configs.of(strategy));
    Client two = fixture.client("t-iso-" + strategy.getNumber() + "-x", Configs.of(strategy));
    one.set("k", "mine");
    one.increment("n");
    assertThat(two.get("k")).isNull();
    assertThat(two.delete("k")).isFalse();
    assertThat(two.increment("n")).isEqualTo(1);
    two.set("k", "theirs");
    assertThat(one.get("k")).isEqualTo("mine");
  }

  @Test
  void ttlOfZeroOrLessOrNoneIsInvalid() {
    Client client = fixture.client(cacheOnly());
    for (Duration ttl : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(-1))) {
      failsWith(CallReason.INVALID_ARGUMENT, () -> client.setEx("k", "v", ttl));
      failsWith(
          CallReason.INVALID_ARGUMENT,
          () ->
              client.increment(
                  IncrementRequest.newBuilder()
                      .setKey("n")
                      .setTtl(Durations.fromNanos(ttl.toNanos()))));
    }
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.stub().setEx(SetExRequest.newBuilder().setKey("k").build()));
    failsWith(CallReason.LIMIT_EXCEEDED, () -> client.setEx("k", "v", Duration.ofDays(365 * 200)));
    com.google.protobuf.Duration odd =
        com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(1_000_000_000).build();
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.stub().setEx(SetExRequest.newBuilder().setKey("k").setTtl(odd).build()));
    assertThat(client.exists("k")).isFalse();
  }

  @Test
  void bothConditionsAtOnceAreInvalid() {
    Client client = fixture.client(cacheOnly());
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            client.set(
                SetRequest.newBuilder()
                    .setKey("k")
                    .setOnlyIfExists(true)
                    .setOnlyIfNotExists(true)));
  }

  @Test
  void anAbsentKeyIsNoError() {
    GetResponse absent = fixture.client(cacheOnly()).response("k");
    assertThat(absent).isEqualTo(GetResponse.getDefaultInstance());
    assertThat(absent.getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_UNSPECIFIED);
  }

  @Test
  void strategiesKnowNothingOfEachOthersEntries() {
    Client memory = fixture.client(cacheOnly());
    Client sourced = fixture.client(memory.namespace(), Configs.lookAside());
    memory.set("k", "memory");
    assertThat(sourced.get("k")).isNull();
    sourced.set("k", "source");
    assertThat(sourced.get("k")).isEqualTo("source");
    assertThat(memory.get("k")).isEqualTo("memory");
  }

  @Test
  void aSessionThatMayReadMayNotWrite() {
    var stub = CacheServiceGrpc.newBlockingStub(fixture.server().channel("t-read", "cache:read"));
    assertThat(stub.get(GetRequest.newBuilder().setKey("k").build()).getFound()).isFalse();
    failsWith(
        CallReason.PERMISSION_DENIED, () -> stub.set(SetRequest.newBuilder().setKey("k").build()));
    failsWith(
        CallReason.PERMISSION_DENIED,
        () -> stub.increment(IncrementRequest.newBuilder().setKey("k").build()));
  }

  @Test
  void commandsOfRedisAreMeasuredByTheGuardAlone() {
    ClientResources resources = fixture.context().getBean(ClientResources.class);
    assertThat(resources.tracing().isEnabled()).isFalse();
    assertThat(resources.commandLatencyRecorder().isEnabled()).isFalse();
  }
}
