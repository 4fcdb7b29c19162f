package io.prism.bench.cache;

import io.grpc.Channel;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import java.util.Optional;
import java.util.function.IntSupplier;

/** One cached key at a time, in both ways. */
final class Getting {
  private Getting() {}

  /** Get of a key that is cached. */
  static Operation throughPrism(Bench bench) throws InterruptedException {
    Channel channel = bench.client(Service.CACHE).channel();
    CachedKeys.fill(bench, channel);
    UnaryCall<GetRequest, GetResponse> call =
        new UnaryCall<>(
            channel,
            CacheServiceGrpc.getGetMethod(),
            answer -> answer.getFound() ? Optional.empty() : Optional.of("a key was not found"));
    IntSupplier keys = CachedKeys.any();
    return attempt ->
        call.start(
            GetRequest.newBuilder().setKey(CachedKeys.key(keys.getAsInt())).build(), attempt);
  }

  /** GET of a key that is there. */
  static Operation directly(Bench bench) throws InterruptedException {
    RedisAsyncCommands<String, byte[]> redis = Redis.connect(bench);
    CachedKeys.fill(redis);
    IntSupplier keys = CachedKeys.any();
    return attempt ->
        Redis.end(attempt, redis.get(CachedKeys.key(keys.getAsInt())), value -> value != null);
  }
}
