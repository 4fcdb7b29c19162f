package io.prism.local.demo;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.DeleteRequest;
import io.prism.cache.v1.ExistsRequest;
import io.prism.cache.v1.GetMultiRequest;
import io.prism.cache.v1.GetMultiResponse;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.IncrementRequest;
import io.prism.cache.v1.SetExRequest;
import io.prism.cache.v1.SetRequest;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheSource;
import io.prism.config.v1.CacheStrategy;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * RFC-002 §14: profiles of users read through the cache, a flag written through it, and a counter
 * that lives in it alone.
 */
final class CacheDemo {

  /** User profiles, as RFC-002 §14.4 has them: look-aside, 15 minutes. */
  private static final CacheConfig PROFILES =
      CacheConfig.newBuilder()
          .setStrategy(CacheStrategy.CACHE_STRATEGY_LOOK_ASIDE)
          .setTtlSeconds(15 * 60)
          .setSource(CacheSource.newBuilder().setCollection("users"))
          .build();

  /** Feature flags: write-through, for as long as they are there. */
  private static final CacheConfig FLAGS =
      CacheConfig.newBuilder()
          .setStrategy(CacheStrategy.CACHE_STRATEGY_WRITE_THROUGH)
          .setAllowNoExpiration(true)
          .build();

  /** Counters of a rate limit: in the cache alone, one minute. */
  private static final CacheConfig COUNTERS =
      CacheConfig.newBuilder().setStrategy(CacheStrategy.CACHE_STRATEGY_CACHE_ONLY).build();

  /** What adds a cache layer to Reader, as RFC-002 §22.2 has it. */
  private static final CacheConfig READS =
      CacheConfig.newBuilder().setEnabled(true).setTtlSeconds(60).build();

  private final Channel channel;
  private final Narrator narrator;
  private final SessionDemo sessions;

  CacheDemo(Channel channel, Narrator narrator, SessionDemo sessions) {
    this.channel = channel;
    this.narrator = narrator;
    this.sessions = sessions;
  }

  void run() {
    narrator.title("Cache (RFC-002 §14)");
    try {
      profiles(cache(PROFILES));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
      narrator.step("Get", "not served here: there is no Redis");
      return;
    }
    flags(cache(FLAGS));
    counters(cache(COUNTERS));
    new CachedReadsDemo(channel, narrator, sessions.openForAllServices(READS)).run();
  }

  private void profiles(CacheServiceGrpc.CacheServiceBlockingStub cache) {
    GetRequest user = GetRequest.newBuilder().setKey("users:42").build();
    GetResponse first = found(cache.get(user));
    narrator.step("Get", "%s from the %s".formatted(first.getValue().toStringUtf8(), place(first)));
    GetResponse again = found(cache.get(user));
    if (again.getOrigin() != CacheOrigin.CACHE_ORIGIN_CACHE) {
      throw new UnexpectedOutcome("read twice, and again from the " + place(again));
    }
    narrator.step(
        "Get",
        "the same again from the %s, %d s to live"
            .formatted(place(again), again.getTtlRemainingSeconds()));
  }

  private void flags(CacheServiceGrpc.CacheServiceBlockingStub cache) {
    String flag = "flags:" + UUID.randomUUID();
    cache.set(
        SetRequest.newBuilder()
            .setKey(flag)
            .setValue(ByteString.copyFromUtf8("on"))
            .setNoExpiration(true)
            .build());
    GetResponse read = found(cache.get(GetRequest.newBuilder().setKey(flag).build()));
    if (!read.getValue().toStringUtf8().equals("on")) {
      throw new UnexpectedOutcome("the flag is " + read.getValue().toStringUtf8());
    }
    narrator.step("Set, Get", "%s is on, from the %s".formatted(flag, place(read)));
    GetMultiResponse several =
        cache.getMulti(
            GetMultiRequest.newBuilder().addKeys(flag).addKeys(flag + ":not-there").build());
    narrator.step(
        "GetMulti",
        "%d of %d keys found".formatted(several.getFoundCount(), several.getEntriesCount()));
    cache.delete(DeleteRequest.newBuilder().setKey(flag).build());
    if (cache.exists(ExistsRequest.newBuilder().setKey(flag).build()).getExists()) {
      throw new UnexpectedOutcome("the flag is still there after Delete");
    }
    narrator.step("Delete, Exists", "it is gone, in the source too");
  }

  private void counters(CacheServiceGrpc.CacheServiceBlockingStub cache) {
    String counter = "calls:" + UUID.randomUUID();
    IncrementRequest call =
        IncrementRequest.newBuilder()
            .setKey(counter)
            .setTtl(Duration.newBuilder().setSeconds(60))
            .build();
    for (int expected = 1; expected <= 3; expected++) {
      long value = cache.increment(call).getValue();
      if (value != expected) {
        throw new UnexpectedOutcome("counted " + value + " (expected: " + expected + ")");
      }
    }
    narrator.step("Increment", "three calls of this client in this minute");
    boolean first = setOnce(cache, counter + ":warned");
    boolean second = setOnce(cache, counter + ":warned");
    if (!first || second) {
      throw new UnexpectedOutcome("only_if_not_exists stored %s, then %s".formatted(first, second));
    }
    narrator.step("SetEx", "stored only if it does not exist: the first time, not the second");
  }

  private static boolean setOnce(CacheServiceGrpc.CacheServiceBlockingStub cache, String key) {
    return cache
        .setEx(
            SetExRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8("yes"))
                .setTtl(Duration.newBuilder().setSeconds(60))
                .setOnlyIfNotExists(true)
                .build())
        .getStored();
  }

  private static GetResponse found(GetResponse response) {
    if (!response.getFound()) {
      throw new UnexpectedOutcome("there is no value");
    }
    return response;
  }

  private static String place(GetResponse response) {
    return response.getOrigin() == CacheOrigin.CACHE_ORIGIN_CACHE ? "cache" : "source";
  }

  private CacheServiceGrpc.CacheServiceBlockingStub cache(CacheConfig config) {
    return CacheServiceGrpc.newBlockingStub(channel)
        .withInterceptors(SessionDemo.token(sessions.openForCache(config)))
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }
}
