package io.prism.bench.cache;

import io.grpc.Channel;
import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Load;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.GetMultiRequest;
import io.prism.cache.v1.GetMultiResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/** What GetMulti can do where Redis has the keys. */
public final class CacheGetMulti implements Scenario {
  private static final int IN_FLIGHT = 16;
  private static final int KEYS = 100;

  @Override
  public String name() {
    return "cache-get-multi";
  }

  @Override
  public String description() {
    return "GetMulti of 100 cached keys, 16 in flight, beside MGET with Lettuce";
  }

  @Override
  public Unit unit() {
    return Unit.KEYS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.CACHE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    return new Sides(loop(bench, throughPrism(bench)), loop(bench, directly(bench)));
  }

  private static Load loop(Bench bench, Operation operation) {
    return new ClosedLoop(IN_FLIGHT, KEYS, bench.effort().readLimit(), Runnable::run, operation);
  }

  private static List<String> keys(IntSupplier any) {
    return IntStream.generate(any).limit(KEYS).mapToObj(CachedKeys::key).toList();
  }

  private static Operation throughPrism(Bench bench) throws InterruptedException {
    Channel channel = bench.client(Service.CACHE).channel();
    CachedKeys.fill(bench, channel);
    UnaryCall<GetMultiRequest, GetMultiResponse> call =
        new UnaryCall<>(
            channel,
            CacheServiceGrpc.getGetMultiMethod(),
            answer ->
                answer.getFoundCount() == KEYS
                    ? Optional.empty()
                    : Optional.of(answer.getFoundCount() + " keys, expected " + KEYS));
    IntSupplier any = CachedKeys.any();
    return attempt ->
        call.start(GetMultiRequest.newBuilder().addAllKeys(keys(any)).build(), attempt);
  }

  private static Operation directly(Bench bench) throws InterruptedException {
    RedisAsyncCommands<String, byte[]> redis = Redis.connect(bench);
    CachedKeys.fill(redis);
    IntSupplier any = CachedKeys.any();
    return attempt ->
        Redis.end(
            attempt,
            redis.mget(keys(any).toArray(String[]::new)),
            found -> found.stream().allMatch(KeyValue::hasValue));
  }
}
