package io.prism.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.reader.testing.Cached;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.redis.EntryKey;
import io.prism.redis.RedisLink;
import io.prism.redis.testing.RedisProcess;
import io.prism.starter.observe.BackendProbe;
import io.prism.starter.testing.Await;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Reader can do without Redis: before it is there, while it is down, and where there is none. */
final class RedisOutageTest {

  private static void table(Cached cached) {
    cached
        .namespace()
        .execute("create table t (id int primary key, v text)", "insert into t values (1, 'old')");
  }

  private static String inPostgresql(Cached cached) {
    return String.valueOf(cached.namespace().select("select v from t").getFirst());
  }

  /** Whether what was read is read again although it has changed meanwhile. */
  private static boolean isCopied(Cached cached) {
    String first = cached.v("t", "1");
    cached.namespace().execute("update t set v = v || '+'");
    return cached.v("t", "1").equals(first);
  }

  @Test
  void whileRedisIsDownPostgresqlServesAndCopiesComeBackByThemselves() {
    try (RedisProcess redis = new RedisProcess();
        ReaderFixture service =
            new ReaderFixture(
                "spring.data.redis.url=" + redis.url(), "prism.backend.open-for=300ms")) {
      Cached cached = Cached.in(service);
      table(cached);
      assertThat(isCopied(cached)).isTrue();
      redis.kill();
      assertThat(cached.v("t", "1")).isEqualTo(inPostgresql(cached));
      assertThat(service.context().getBeansOfType(BackendProbe.class).values())
          .extracting(BackendProbe::name)
          .contains("postgresql")
          .doesNotContain("redis");
      redis.start();
      Await.until("copies", Duration.ofSeconds(20), () -> isCopied(cached));
      redis.freeze();
      long begin = System.nanoTime();
      assertThat(cached.v("t", "1")).isEqualTo(inPostgresql(cached));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
      redis.thaw();
    }
  }

  @Test
  void theServiceStartsWithoutTheRedisThatIsNamed() {
    try (RedisProcess redis = new RedisProcess()) {
      redis.kill();
      try (ReaderFixture service = new ReaderFixture("spring.data.redis.url=" + redis.url())) {
        Cached cached = Cached.in(service);
        table(cached);
        assertThat(cached.v("t", "1")).isEqualTo("old");
        redis.start();
        Await.until("copies", Duration.ofSeconds(20), () -> isCopied(cached));
      }
    }
  }

  @Test
  void whereNoRedisIsNamedNoneIsLookedForAndPostgresqlServes() {
    ReaderFixture service = ReaderFixture.shared();
    assertThat(service.context().getBeansOfType(RedisConnectionFactory.class)).isEmpty();
    assertThat(service.context().getBeansOfType(RedisLink.class)).isEmpty();
    Cached cached = Cached.in(service);
    table(cached);
    var uncached =
        service
            .context()
            .getBean(MeterRegistry.class)
            .get("prism.reader.gets.uncached")
            .tag("why", "no_redis")
            .counter();
    double before = uncached.count();
    assertThat(cached.v("t", "1")).isEqualTo("old");
    assertThat(uncached.count()).isEqualTo(before + 1);
    cached.namespace().execute("update t set v = 'new'");
    assertThat(cached.v("t", "1")).isEqualTo("new");
  }

  @Test
  void whatRedisRefusesIsReadFromPostgresql() {
    try (RedisProcess redis = new RedisProcess();
        ReaderFixture service = new ReaderFixture("spring.data.redis.url=" + redis.url())) {
      Cached cached = Cached.in(service);
      table(cached);
      service
          .context()
          .getBean(RedisLink.class)
          .call("test", commands -> commands.sadd(copyOf(cached), new byte[] {1}))
          .join();
      assertThat(cached.v("t", "1")).isEqualTo("old");
    }
  }

  private static byte[] copyOf(Cached cached) {
    return EntryKey.row(cached.namespace().name(), "t", "1").valueKey();
  }

  @Test
  void aCallThatWaitsForALoadEndsAtItsDeadline() throws Exception {
    try (RedisProcess redis = new RedisProcess();
        ReaderFixture service = new ReaderFixture("spring.data.redis.url=" + redis.url())) {
      Cached cached = Cached.in(service);
      table(cached);
      cached.get("t", "1");
      cached.invalidate("t", "1");
      try (Connection lock = cached.namespace().locked("t")) {
        ReaderServiceBlockingStub hasty =
            cached.reader().withDeadlineAfter(300, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> Cached.get(hasty, "t", "1"))
            .hasMessageContaining("DEADLINE_EXCEEDED");
        Await.until("the end of the call", () -> service.server().inFlight().calls() == 0);
        assertThat(lock.isClosed()).isFalse();
      }
      assertThat(cached.v("t", "1")).isEqualTo("old");
    }
  }
}
