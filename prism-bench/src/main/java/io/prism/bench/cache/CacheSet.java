package io.prism.bench.cache;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.prism.bench.client.Payload;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.cache.v1.SetExRequest;
import io.prism.cache.v1.SetExResponse;
import java.util.function.IntSupplier;

/** What SetEx can do with Redis alone. */
public final class CacheSet implements Scenario {
  private static final int IN_FLIGHT = 64;

  @Override
  public String name() {
    return "cache-set";
  }

  @Override
  public String description() {
    return "SetEx of 1 KB, 64 in flight, beside SETEX with Lettuce";
  }

  @Override
  public Unit unit() {
    return Unit.CALLS_PER_SECOND;
  }

  @Override
  public Service service() {
    return Service.CACHE;
  }

  @Override
  public Sides open(Bench bench) throws InterruptedException {
    ClosedLoop.Limit limit = bench.effort().readLimit();
    return new Sides(
        new ClosedLoop(IN_FLIGHT, limit, throughPrism(bench)),
        new ClosedLoop(IN_FLIGHT, limit, directly(bench)));
  }

  private static Operation throughPrism(Bench bench) throws InterruptedException {
    UnaryCall<SetExRequest, SetExResponse> call =
        CachedKeys.setting(CachedKeys.redisAlone(bench));
    IntSupplier keys = CachedKeys.any();
    return attempt -> call.start(CachedKeys.request(keys.getAsInt()), attempt);
  }

  private static Operation directly(Bench bench) throws InterruptedException {
    RedisAsyncCommands<String, byte[]> redis = Redis.connect(bench);
    byte[] value = Payload.bytes();
    IntSupplier keys = CachedKeys.any();
    return attempt ->
        Redis.end(
            attempt,
            redis.setex(CachedKeys.key(keys.getAsInt()), CachedKeys.TTL_SECONDS, value),
            "OK"::equals);
  }
}
