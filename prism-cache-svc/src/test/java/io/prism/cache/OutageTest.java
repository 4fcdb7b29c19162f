package io.prism.cache;

import static io.prism.cache.testing.Configs.cacheOnly;
import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.source;
import static io.prism.cache.testing.Configs.writeThrough;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.grpc.StatusRuntimeException;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.testing.SlowUsers;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.error.CallReason;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.PostgresFixture;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Redis or PostgreSQL stopped, slow, and started again. */
class OutageTest {

  private static RedisProcess redis;
  private static CacheFixture fixture;

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");

  @BeforeAll
  static void start() {
    redis = new RedisProcess();
    fixture =
        new CacheFixture(
            PostgresFixture.database(),
            redis.url(),
            "prism.cache.source.max-concurrent=2",
            "prism.cache.source.max-waiting=3",
            "spring.datasource.hikari.connection-timeout=1000");
  }

  @AfterAll
  static void stop() {
    fixture.close();
    redis.close();
  }

  /** An outage ends with its test, for the circuit breaker, too: that looks at several calls. */
  @AfterEach
  void recovered() {
    Client client = fixture.client(cacheOnly());
    AtomicInteger inARow = new AtomicInteger();
    Await.until(
        "Redis to be used again",
        () -> {
          try {
            client.set("k", "v");
            return inARow.incrementAndGet() > 20;
          } catch (StatusRuntimeException e) {
            inARow.set(0);
            return false;
          }
        });
  }

  private Client lookAsideClient() {
    return fixture.client(namespace, lookAside());
  }

  private Client writeThroughClient() {
    return fixture.client(namespace, writeThrough());
  }

  @Test
  void whileRedisIsDownCacheOnlyIsUnavailableWithRetryInfo() {
    Client client = fixture.client(namespace, cacheOnly());
    client.set("k", "v");
    redis.kill();
    try {
      StatusRuntimeException failure =
          failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.get("k"));
      assertThat(Failures.detail(failure, RetryInfo.class)).isPresent();
      failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.set("k", "v"));
      failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.increment("n"));
      failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.getMulti("k", "n"));
    } finally {
      redis.start();
    }
    Await.until(
        "recovery, with nothing left",
        () -> {
          try {
            return client.get("k") == null;
          } catch (StatusRuntimeException e) {
            return false;
          }
        });
  }

  @Test
  void whileRedisIsDownLookAsideAndWriteThroughServeFromTheSource() {
    for (Client client : List.of(lookAsideClient(), writeThroughClient())) {
      client.set("k", "before");
      redis.kill();
      try {
        assertThat(client.get("k")).isEqualTo("before");
        assertThat(client.response("k").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_SOURCE);
        assertThat(client.set("k", "during")).isTrue();
        assertThat(client.get("k")).isEqualTo("during");
        assertThat(client.getMulti("k", "none").getFoundCount()).isEqualTo(1);
        assertThat(client.increment("n" + client.hashCode())).isEqualTo(1);
        assertThat(client.delete("k")).isTrue();
        assertThat(client.exists("k")).isFalse();
        assertThat(client.set("k", "after")).isTrue();
      } finally {
        redis.start();
      }
      Await.until(
          "copies again",
          () -> {
            assertThat(client.get("k")).isEqualTo("after");
            return client.response("k").getOrigin() == CacheOrigin.CACHE_ORIGIN_CACHE;
          });
    }
  }

  @Test
  void aRedisThatStandsStillDelaysCallsNoLongerThanItsTimeLimit() {
    Client client = writeThroughClient();
    client.set("k", "old");
    redis.freeze();
    try {
      long start = System.nanoTime();
      assertThat(client.get("k")).isEqualTo("old");
      assertThat(client.set("k", "new")).isTrue();
      assertThat(client.get("k")).isEqualTo("new");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    } finally {
      redis.thaw();
    }
    // The old copy was still in Redis.
    Await.until(
        "copies again",
        () -> {
          assertThat(client.get("k")).isEqualTo("new");
          return client.response("k").getOrigin() == CacheOrigin.CACHE_ORIGIN_CACHE;
        });
  }

  @Test
  void theSourceIsProtectedWhileRedisIsDown() {
    Client client = fixture.client(namespace, lookAside().setSource(source("slow", "id", "name")));
    try (SlowUsers users = new SlowUsers(fixture, namespace)) {
      client.get("slow:1");
      int before = users.loads();
      redis.kill();
      try {
        users.hold();
        List<ListenableFuture<GetResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          calls.add(client.futures().get(GetRequest.newBuilder().setKey("slow:" + i).build()));
        }
        users.awaitLoads(before + 2);
        // Two run, three wait, and the rest is refused at once.
        Await.until(
            "25 refusals", () -> calls.stream().filter(ListenableFuture::isDone).count() == 25);
        assertThat(users.loads()).isEqualTo(before + 2);
        users.release();
        int served = 0;
        for (ListenableFuture<GetResponse> call : calls) {
          try {
            call.get();
            served++;
          } catch (ExecutionException e) {
            Throwable refusal = Objects.requireNonNull(e.getCause());
            assertThat(Failures.reasonOf(refusal)).isEqualTo(CallReason.OVERLOADED.name());
            assertThat(Failures.detail(refusal, RetryInfo.class)).isPresent();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
        assertThat(served).isEqualTo(5);
      } finally {
        redis.start();
      }
    }
  }

  @Test
  void whilePostgresIsDownCopiesAreServedAndTheRestIsUnavailable() {
    Client client = lookAsideClient();
    client.set("k", "v");
    assertThat(client.get("k")).isEqualTo("v");
    fixture.database().cutOff();
    try {
      assertThat(client.response("k").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
      failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.get("other"));
      failsWith(CallReason.BACKEND_UNAVAILABLE, () -> client.set("k", "new"));
    } finally {
      fixture.database().restore();
    }
    Await.until(
        "the source again",
        () -> {
          try {
            return client.set("k", "new");
          } catch (StatusRuntimeException e) {
            return false;
          }
        });
    assertThat(client.get("k")).isEqualTo("new");
  }

  @Test
  void anInstanceIsOutOfServiceOnlyWhenItReachesNeitherStore() throws Exception {
    BackendProbe probe = fixture.context().getBean("storesProbe", BackendProbe.class);
    probe.check();
    redis.kill();
    try {
      probe.check();
      fixture.database().cutOff();
      try {
        assertThatThrownBy(probe::check).isInstanceOf(SQLException.class);
      } finally {
        fixture.database().restore();
      }
    } finally {
      redis.start();
    }
  }
}
