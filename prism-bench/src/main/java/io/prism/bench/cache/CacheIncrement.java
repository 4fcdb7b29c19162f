package io.prism.bench.cache;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.IncrementRequest;
import io.prism.cache.v1.IncrementResponse;
import java.util.concurrent.atomic.AtomicInteger;

/** What Increment can do with Redis alone. */
public final class CacheIncrement implements Scenario {
  private static final int IN_FLIGHT = 64;
  private static final int COUNTERS = 100;

  @Override
  public String name() {
    return "cache-increment";
  }

  @Override
  public String description() {
    return "Increment of 100 counters, 64 in flight, beside INCRBY with Lettuce";
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
    UnaryCall<IncrementRequest, IncrementResponse> call =
        new UnaryCall<>(
            CachedKeys.redisAlone(bench), CacheServiceGrpc.getIncrementMethod());
    AtomicInteger next = new AtomicInteger();
    return attempt -> call.start(IncrementRequest.newBuilder().setKey(key(next)).build(), attempt);
  }

  private static Operation directly(Bench bench) throws InterruptedException {
    RedisAsyncCommands<String, byte[]> redis = Redis.connect(bench);
    AtomicInteger next = new AtomicInteger();
    return attempt -> Redis.end(attempt, redis.incrby(key(next), 1), count -> count > 0);
  }

  private static String key(AtomicInteger next) {
    return "bench-counter:" + Math.floorMod(next.getAndIncrement(), COUNTERS);
  }
}
