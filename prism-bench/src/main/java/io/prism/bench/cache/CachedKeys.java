package io.prism.bench.cache;

import com.google.protobuf.Duration;
import io.grpc.Channel;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.prism.bench.client.Payload;
import io.prism.bench.deployment.Service;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.scenario.Bench;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheStrategy;
import io.prism.config.v1.ClientConfig;
import io.prism.cache.v1.SetExRequest;
import io.prism.cache.v1.SetExResponse;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Keys with values of 1 KB in the cache, for as long as a scenario takes. */
final class CachedKeys {
  static final int COUNT = 10_000;
  static final int TTL_SECONDS = 7_200;

  private static final int FILLING = 64;
  private static final int SEED = 1;

  private CachedKeys() {}

  /** A client whose values are in Redis and nowhere else. */
  static Channel redisAlone(Bench bench) throws InterruptedException {
    return bench
        .client(
            Service.CACHE,
            ClientConfig.newBuilder()
                .setCache(CacheConfig.newBuilder().setStrategy(CacheStrategy.CACHE_STRATEGY_CACHE_ONLY))
                .build())
        .channel();
  }

  static String key(int number) {
    return "bench-cached:" + number;
  }

  /** Keys at random, the same ones each time. */
  static IntSupplier any() {
    Random random = new Random(SEED);
    return () -> random.nextInt(COUNT);
  }

  /** Sets all of them through Prism. */
  static void fill(Bench bench, Channel channel) throws InterruptedException {
    UnaryCall<SetExRequest, SetExResponse> call = setting(channel);
    AtomicInteger next = new AtomicInteger();
    var _ =
        new ClosedLoop(
                FILLING,
                new ClosedLoop.Limit(bench.effort().round().plusMinutes(1), COUNT),
                attempt -> call.start(request(next.getAndIncrement()), attempt))
            .round();
  }

  static UnaryCall<SetExRequest, SetExResponse> setting(Channel channel) {
    return new UnaryCall<>(
        channel,
        CacheServiceGrpc.getSetExMethod(),
        answer -> answer.getStored() ? Optional.empty() : Optional.of("a value was not stored"));
  }

  static SetExRequest request(int number) {
    return SetExRequest.newBuilder()
        .setKey(key(number))
        .setValue(Payload.kilobyte())
        .setTtl(Duration.newBuilder().setSeconds(TTL_SECONDS))
        .build();
  }

  /** Sets all of them in Redis, where Prism does not look. */
  static void fill(RedisAsyncCommands<String, byte[]> redis) throws InterruptedException {
    byte[] value = Payload.bytes();
    AtomicInteger next = new AtomicInteger();
    var _ =
        new ClosedLoop(
                FILLING,
                new ClosedLoop.Limit(java.time.Duration.ofMinutes(1), COUNT),
                attempt ->
                    Redis.end(
                        attempt,
                        redis.setex(key(next.getAndIncrement()), TTL_SECONDS, value),
                        "OK"::equals))
            .round();
  }
}
