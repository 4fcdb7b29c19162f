package io.prism.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.testing.Configs;
import io.prism.cache.v1.CacheServiceGrpc.CacheServiceFutureStub;
import io.prism.cache.v1.DeleteRequest;
import io.prism.cache.v1.DeleteResponse;
import io.prism.cache.v1.ExistsRequest;
import io.prism.cache.v1.ExistsResponse;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.SetRequest;
import io.prism.cache.v1.SetResponse;
import io.prism.config.v1.CacheStrategy;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The acceptance cases of the key-value pattern that this contract comes from, under their own
 * names (keyvalue_basic, keyvalue_ttl, concurrency), through the stubs. Their seconds are of 150 ms
 * here.
 */
@ParameterizedClass
@EnumSource(
    mode = EnumSource.Mode.EXCLUDE,
    names = {"CACHE_STRATEGY_UNSPECIFIED", "UNRECOGNIZED"})
class KeyValueAcceptanceTest {

  private static final CacheFixture fixture = CacheFixture.shared();
  private static final Duration SECOND = Duration.ofMillis(150);

  private final Client client;
  private final Random random = new Random(20261126);

  KeyValueAcceptanceTest(CacheStrategy strategy) {
    client = fixture.client(Configs.of(strategy).setAllowNoExpiration(true));
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  private ByteString bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private ByteString value(String key) {
    GetResponse response = client.response(key);
    assertThat(response.getFound()).isTrue();
    return response.getValue();
  }

  private static Duration seconds(int seconds) {
    return SECOND.multipliedBy(seconds);
  }

  /** Whether the key is gone, not before it may be and soon after it must be. */
  private void goneAt(String key, long start, int seconds) {
    Await.until("the end of " + key, () -> !client.exists(key));
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(seconds(seconds).minusMillis(20), seconds(seconds).plusSeconds(2));
    assertThat(client.get(key)).isNull();
  }

  // keyvalue_basic

  @Test
  void setAndGet() {
    assertThat(client.set("test-key", "test-value")).isTrue();
    assertThat(client.get("test-key")).isEqualTo("test-value");
  }

  @Test
  void getNonExistent() {
    GetResponse response = client.response("no-such-key");
    assertThat(response.getFound()).isFalse();
    assertThat(response.getValue().isEmpty()).isTrue();
  }

  @Test
  void overwrite() {
    client.set("k", text(50));
    String second = text(75);
    client.set("k", second);
    assertThat(client.get("k")).isEqualTo(second);
  }

  @Test
  void binaryData() {
    ByteString binary =
        ByteString.copyFrom(new byte[] {0, 1, 2, (byte) 0xff, (byte) 0xfe, (byte) 0xfd});
    client.set("binary", binary);
    assertThat(value("binary")).isEqualTo(binary);
    ByteString all = bytes(256);
    client.set("binary", all);
    assertThat(value("binary")).isEqualTo(all);
  }

  @Test
  void emptyValue() {
    client.set("empty", "");
    assertThat(value("empty").isEmpty()).isTrue();
  }

  @Test
  void largeValue() {
    ByteString large = bytes(1024 * 1024);
    client.set("large", large);
    assertThat(value("large")).isEqualTo(large);
  }

  @Test
  void variousSizes() {
    for (int size : List.of(1_000, 10_000, 100_000, 500_000, 2_000_000)) {
      ByteString sized = bytes(size);
      client.set("sized", sized);
      assertThat(value("sized")).isEqualTo(sized);
    }
  }

  @Test
  void deleteExisting() {
    client.set("k", "v");
    assertThat(client.delete("k")).isTrue();
    assertThat(client.get("k")).isNull();
  }

  @Test
  void deleteNonExistent() {
    assertThat(client.delete("no-such-key")).isFalse();
  }

  @Test
  void deleteRandomSubset() {
    Map<String, String> kept = new HashMap<>();
    List<String> deleted = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String key = "k" + i;
      String value = text(100);
      client.set(key, value);
      if (random.nextBoolean()) {
        deleted.add(key);
      } else {
        kept.put(key, value);
      }
    }
    deleted.forEach(client::delete);
    assertThat(deleted).noneMatch(client::exists);
    kept.forEach((key, value) -> assertThat(client.get(key)).isEqualTo(value));
  }

  @Test
  void existsTrue() {
    client.set("k", "v");
    assertThat(client.exists("k")).isTrue();
  }

  @Test
  void existsFalse() {
    assertThat(client.exists("no-such-key")).isFalse();
  }

  @Test
  void specialKeys() {
    for (String key : List.of("a:b", "a-b", "a_b", "a.b", "a/b", "a:b-c_d.e/f")) {
      client.set(key, "value of " + key);
      assertThat(client.get(key)).isEqualTo("value of " + key);
    }
  }

  @Test
  void rapidOverwrites() {
    for (int i = 0; i < 100; i++) {
      client.set("k", "v" + i);
    }
    assertThat(client.get("k")).isEqualTo("v99");
  }

  // keyvalue_ttl

  @Test
  void setWithTtl() {
    client.setEx("k", "v", seconds(2));
    assertThat(client.get("k")).isEqualTo("v");
  }

  @Test
  void ttlExpiration() {
    long start = System.nanoTime();
    client.setEx("k", "v", seconds(2));
    goneAt("k", start, 2);
  }

  @Test
  void ttlOverwriteResets() {
    client.setEx("k", "v", seconds(2));
    long start = System.nanoTime();
    client.setEx("k", "v", seconds(60));
    Await.until("three seconds to pass", () -> System.nanoTime() - start > seconds(3).toNanos());
    assertThat(client.exists("k")).isTrue();
  }

  @Test
  void ttlZeroPersists() {
    client.setEx("k", "v", seconds(2));
    long start = System.nanoTime();
    client.set(
        SetRequest.newBuilder()
            .setKey("k")
            .setValue(ByteString.copyFromUtf8("v"))
            .setNoExpiration(true));
    Await.until("three seconds to pass", () -> System.nanoTime() - start > seconds(3).toNanos());
    assertThat(client.get("k")).isEqualTo("v");
  }

  @Test
  void multipleKeysDifferentTtl() {
    long start = System.nanoTime();
    client.setEx("five", "v", seconds(5));
    client.setEx("three", "v", seconds(3));
    client.setEx("one", "v", seconds(1));
    goneAt("one", start, 1);
    assertThat(client.exists("three")).isTrue();
    goneAt("three", start, 3);
    assertThat(client.exists("five")).isTrue();
    goneAt("five", start, 5);
  }

  @Test
  void deleteBeforeExpiry() {
    client.setEx("k", "v", seconds(60));
    assertThat(client.delete("k")).isTrue();
    assertThat(client.exists("k")).isFalse();
  }

  // concurrency

  private CacheServiceFutureStub calls() {
    return client.futures();
  }

  private ListenableFuture<SetResponse> set(String key, String value) {
    return calls()
        .set(SetRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)).build());
  }

  private static <T> List<T> all(List<ListenableFuture<T>> calls) {
    return calls.stream().map(Futures::getUnchecked).toList();
  }

  @Test
  void concurrentWrites() {
    List<ListenableFuture<SetResponse>> writes = new ArrayList<>();
    for (int writer = 0; writer < 10; writer++) {
      for (int i = 0; i < 100; i++) {
        writes.add(set("w" + writer + "-" + i, "v" + i));
      }
    }
    assertThat(all(writes)).allMatch(SetResponse::getStored);
    for (int writer = 0; writer < 10; writer++) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        keys.add("w" + writer + "-" + i);
      }
      assertThat(client.getMulti(keys).getFoundCount()).isEqualTo(100);
    }
  }

  @Test
  void concurrentReads() {
    client.set("k", "v");
    List<ListenableFuture<GetResponse>> reads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      reads.add(calls().get(GetRequest.newBuilder().setKey("k").build()));
    }
    assertThat(all(reads)).allMatch(read -> read.getValue().toStringUtf8().equals("v"));
  }

  @Test
  void concurrentReadWriteTheKeyNeverVanishes() {
    client.set("k", "v");
    List<ListenableFuture<SetResponse>> writes = new ArrayList<>();
    List<ListenableFuture<GetResponse>> reads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (i % 2 == 0) {
        writes.add(set("k", "v" + i));
      }
      reads.add(calls().get(GetRequest.newBuilder().setKey("k").build()));
    }
    assertThat(all(reads)).allMatch(GetResponse::getFound);
    assertThat(all(writes)).allMatch(SetResponse::getStored);
  }

  @Test
  void concurrentDeletes() {
    for (int i = 0; i < 100; i++) {
      client.set("k" + i, "v");
    }
    List<ListenableFuture<DeleteResponse>> deletes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      deletes.add(calls().delete(DeleteRequest.newBuilder().setKey("k" + i).build()));
    }
    assertThat(all(deletes)).allMatch(DeleteResponse::getDeleted);
    for (int i = 0; i < 100; i++) {
      assertThat(client.exists("k" + i)).isFalse();
    }
  }

  @Test
  void concurrentExists() {
    client.set("k", "v");
    List<ListenableFuture<ExistsResponse>> checks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      checks.add(calls().exists(ExistsRequest.newBuilder().setKey("k").build()));
    }
    assertThat(all(checks)).allMatch(ExistsResponse::getExists);
  }
}
