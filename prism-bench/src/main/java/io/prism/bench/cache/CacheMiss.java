package io.prism.bench.cache;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.Attempt;
import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.Load;
import io.prism.bench.load.Operation;
import io.prism.bench.load.WorkNotDone;
import io.prism.bench.relational.BenchTable;
import io.prism.bench.relational.DirectPool;
import io.prism.bench.scenario.Bench;
import io.prism.bench.scenario.Scenario;
import io.prism.bench.scenario.Sides;
import io.prism.bench.scenario.Unit;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheSource;
import io.prism.config.v1.CacheStrategy;
import io.prism.config.v1.ClientConfig;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What Get can do where Redis does not have the key and the source does. */
public final class CacheMiss implements Scenario {
  private static final int IN_FLIGHT = 64;

  private static final int TTL_SECONDS = 600;

  @Override
  public String name() {
    return "cache-miss";
  }

  @Override
  public String description() {
    return "Get of a key that only PostgreSQL has (look-aside), 64 in flight, beside GET, select and SETEX";
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
  public Sides open(Bench bench) throws Exception {
    BenchTable table = BenchTable.create(bench, name());
    RedisAsyncCommands<String, byte[]> redis = Redis.connect(bench);
    return new Sides(
        cold(bench, redis, table, throughPrism(bench, table)),
        cold(bench, redis, table, directly(bench, redis, table)));
  }

  /** Each round begins with an empty Redis, and asks for a key once at most. */
  private static Load cold(
      Bench bench,
      RedisAsyncCommands<String, byte[]> redis,
      BenchTable table,
      Operation operation) {
    ClosedLoop.Limit limit = new ClosedLoop.Limit(bench.effort().round(), table.rows());
    ClosedLoop loop = new ClosedLoop(IN_FLIGHT, limit, operation);
    return () -> {
      var _ = redis.flushall().toCompletableFuture().join();
      return loop.round();
    };
  }

  private static int id(AtomicInteger next, BenchTable table) {
    return 1 + Math.floorMod(next.getAndIncrement(), table.rows());
  }

  private static Operation throughPrism(Bench bench, BenchTable table) throws InterruptedException {
    ClientConfig config =
        ClientConfig.newBuilder()
            .setCache(
                CacheConfig.newBuilder()
                    .setEnabled(true)
                    .setStrategy(CacheStrategy.CACHE_STRATEGY_LOOK_ASIDE)
                    .setTtlSeconds(TTL_SECONDS)
                    .setSource(
                        CacheSource.newBuilder()
                            .setCollection(table.name())
                            .setKeyField("id")
                            .setValueField("note")))
            .build();
    UnaryCall<GetRequest, GetResponse> call =
        new UnaryCall<>(
            bench.client(Service.CACHE, config).channel(),
            CacheServiceGrpc.getGetMethod(),
            answer ->
                answer.getOrigin() == CacheOrigin.CACHE_ORIGIN_SOURCE
                    ? Optional.empty()
                    : Optional.of("origin " + answer.getOrigin() + ", expected the source"));
    AtomicInteger next = new AtomicInteger();
    return attempt ->
        call.start(
            GetRequest.newBuilder().setKey(table.name() + ":" + id(next, table)).build(), attempt);
  }

  private static Operation directly(
      Bench bench, RedisAsyncCommands<String, byte[]> redis, BenchTable table)
      throws InterruptedException {
    HikariDataSource pool = DirectPool.open(bench, DirectPool.forReading());
    String select = "select note from %s where id = ?".formatted(table.stored());
    AtomicInteger next = new AtomicInteger();
    return attempt -> {
      int id = id(next, table);
      String key = table.name() + ":" + id;
      var _ =
          redis
              .get(key)
              .whenComplete(
                  (found, failure) -> {
                    if (failure != null) {
                      attempt.failed(failure);
                    } else if (found != null) {
                      attempt.failed(new WorkNotDone("GET found a key of this round"));
                    } else {
                      Thread.startVirtualThread(() -> load(pool, select, id, key, redis, attempt));
                    }
                  });
    };
  }

  private static void load(
      HikariDataSource pool,
      String select,
      int id,
      String key,
      RedisAsyncCommands<String, byte[]> redis,
      Attempt attempt) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setLong(1, id);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new WorkNotDone("no row " + id);
        }
        byte[] value = row.getString(1).getBytes(StandardCharsets.UTF_8);
        Redis.end(attempt, redis.setex(key, TTL_SECONDS, value), "OK"::equals);
      }
    } catch (SQLException | RuntimeException e) {
      attempt.failed(e);
    }
  }
}
