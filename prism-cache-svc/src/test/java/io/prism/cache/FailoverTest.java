package io.prism.cache;

import static io.prism.cache.testing.Configs.cacheOnly;
import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.writeThrough;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.v1.CacheOrigin;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.PostgresFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary, its replica and a sentinel, and the death of the primary. */
class FailoverTest {

  private static final Duration FAILOVER_LIMIT = Duration.ofSeconds(20);
  private static final String NAMESPACE = "failover";

  private RedisProcess primary;
  private RedisProcess replica;
  private RedisProcess sentinel;
  private CacheFixture fixture;

  @BeforeEach
  void start() {
    primary = new RedisProcess();
    replica = primary.replica();
    sentinel = primary.sentinel("prism");
    fixture =
        new CacheFixture(
            PostgresFixture.database(),
            List.of(
                "spring.data.redis.sentinel.master=prism",
                "spring.data.redis.sentinel.nodes=" + sentinel.address()));
  }

  @AfterEach
  void stop() {
    fixture.close();
    sentinel.close();
    replica.close();
    primary.close();
  }

  @Test
  void callsAreServedByTheSourceOrUnavailableAndRecoverByThemselves() {
    Client memory = fixture.client(NAMESPACE, cacheOnly());
    List<Client> sourced =
        List.of(
            fixture.client(NAMESPACE + "-aside", lookAside()),
            fixture.client(NAMESPACE + "-through", writeThrough()));
    AtomicBoolean over = new AtomicBoolean();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String key = "k" + i;
      for (Client client : sourced) {
        callers.add(caller(over, () -> writeAndRead(client, key, wrong)));
      }
      callers.add(caller(over, () -> callMemory(memory, key, wrong)));
    }
    Await.until(
        "copies to be used",
        () -> sourced.stream().allMatch(client -> isFromCache(client, "warm")));
    primary.kill();
    Await.until(
        "the promotion",
        FAILOVER_LIMIT,
        () -> replica.ask("INFO replication").contains("role:master"));
    AtomicInteger stored = new AtomicInteger();
    Await.until(
        "the new primary to be used",
        FAILOVER_LIMIT,
        () -> {
          try {
            memory.set("after", "v");
            return stored.incrementAndGet() > 20
                && sourced.stream().allMatch(client -> isFromCache(client, "after"));
          } catch (StatusRuntimeException e) {
            stored.set(0);
            return false;
          }
        });
    over.set(true);
    callers.forEach(CompletableFuture::join);
    assertThat(wrong).isEmpty();
    for (Client client : sourced) {
      client.set("k", "last");
      assertThat(client.get("k")).isEqualTo("last");
      assertThat(client.getMulti("k", "none").getFoundCount()).isEqualTo(1);
    }
    assertThat(memory.get("after")).isEqualTo("v");
    assertThat(replica.ask("GET {failover}:m:after")).contains("v");
  }

  private static CompletableFuture<Void> caller(AtomicBoolean over, Runnable call) {
    return CompletableFuture.runAsync(
        () -> {
          while (!over.get()) {
            call.run();
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private static boolean isFromCache(Client client, String key) {
    client.set(key, "v");
    client.get(key);
    return client.response(key).getOrigin() == CacheOrigin.CACHE_ORIGIN_CACHE;
  }

  /** Alone with its key, so what it reads is what it has written, whatever becomes of Redis. */
  private static void writeAndRead(Client client, String key, Queue<String> wrong) {
    String value = Long.toString(System.nanoTime());
    try {
      client.set(key, value);
      String read = client.get(key);
      if (!value.equals(read)) {
        wrong.add(read + " after " + value);
      }
    } catch (StatusRuntimeException e) {
      wrong.add(String.valueOf(e));
    }
  }

  private static void callMemory(Client client, String key, Queue<String> wrong) {
    try {
      client.set(key, "v");
      client.get(key);
      client.getMulti(key);
    } catch (StatusRuntimeException e) {
      if (!CallReason.BACKEND_UNAVAILABLE.name().equals(Failures.reasonOf(e))) {
        wrong.add(String.valueOf(e));
      }
    }
  }
}
