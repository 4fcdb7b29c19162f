package io.prism.reader;

import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.config.v1.CacheConfig;
import io.prism.reader.domain.ReaderReason;
import io.prism.reader.testing.Cached;
import io.prism.reader.testing.ReaderFixture;
import io.prism.reader.v1.GetResponse;
import io.prism.reader.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.redis.testing.RedisFixture;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** "With ClientConfig.cache.enabled it is look-aside cached in Redis." */
final class CachedGetTest {

  private static final ReaderFixture service =
      new ReaderFixture("spring.data.redis.url=" + RedisFixture.url());

  private final Cached cached = Cached.in(service);

  @AfterAll
  static void stop() {
    service.close();
  }

  private void execute(String... statements) {
    cached.namespace().execute(statements);
  }

  @Test
  void theSecondGetIsServedFromTheCopyAndAnswersWhatTheStoreWouldHave() {
    execute(
        "create table users (id bigint primary key, v text, n numeric, j jsonb, none text,"
            + " created_at timestamptz default now(), updated_at timestamptz, version int default 7)",
        "insert into users (id, v, n, j, updated_at)"
            + " values (9007199254740993, 'old', 1.50, '{\"a\": [1, null]}', now())");
    GetResponse direct = cached.getUncached("users", "9007199254740993");
    GetResponse first = cached.get("users", "9007199254740993");
    execute("update users set v = 'past prism'");
    GetResponse second = cached.get("users", "9007199254740993");
    assertThat(first.toByteString()).isEqualTo(direct.toByteString());
    assertThat(second.toByteString()).isEqualTo(direct.toByteString());
    assertThat(direct.getRow().getMetadata().getVersion()).isEqualTo("7");
    assertThat(cached.v("users", "9007199254740993")).isEqualTo("old");
    cached.invalidate("users", "9007199254740993");
    assertThat(cached.v("users", "9007199254740993")).isEqualTo("past prism");
  }

  @Test
  void aCopyLivesAsLongAsTheConfigurationSays() {
    execute("create table t (id int primary key, v text)", "insert into t values (1, 'a')");
    Cached.get(
        cached.reader(CacheConfig.newBuilder().setEnabled(true).setTtlSeconds(100).build()),
        "t",
        "1");
    String copy = cached.keys().getFirst();
    assertThat(cached.ttl(copy)).isBetween(85_000L, 100_000L);
    cached.invalidate("t", "1");
    Cached.get(cached.reader(CacheConfig.newBuilder().setEnabled(true).build()), "t", "1");
    // 15 minutes, less up to a tenth.
    assertThat(cached.ttl(copy)).isBetween(800_000L, 900_000L);
  }

  @Test
  void aStaleCopyIsServedWhileItIsMadeAnew() {
    execute("create table t (id int primary key, v text)", "insert into t values (1, 'old')");
    ReaderServiceBlockingStub reader =
        cached.reader(
            CacheConfig.newBuilder()
                .setEnabled(true)
                .setTtlSeconds(1)
                .setStaleWhileRevalidateSeconds(600)
                .build());
    Cached.get(reader, "t", "1");
    execute("update t set v = 'new'");
    Await.until(
        "the new row",
        () -> {
          String v = Cached.get(reader, "t", "1").getRow().getFieldsOrThrow("v").getStringValue();
          assertThat(v).isIn("old", "new");
          return v.equals("new");
        });
  }

  @Test
  void sessionsWithoutACacheReadTheStoreAndLeaveNothingInRedis() {
    execute("create table t (id int primary key, v text)", "insert into t values (1, 'old')");
    cached.getUncached("t", "1");
    Cached.get(cached.reader(CacheConfig.newBuilder().setTtlSeconds(10).build()), "t", "1");
    assertThat(cached.keys()).isEmpty();
    cached.get("t", "1");
    execute("update t set v = 'new'");
    assertThat(cached.getUncached("t", "1").getRow().getFieldsOrThrow("v").getStringValue())
        .isEqualTo("new");
  }

  @Test
  void aGetOfSomeFieldsReadsTheStore() {
    execute("create table t (id int primary key, v text)", "insert into t values (1, 'old')");
    cached.get("t", "1");
    execute("update t set v = 'new'");
    assertThat(
            Cached.get(cached.reader(), "t", "1", "v")
                .getRow()
                .getFieldsOrThrow("v")
                .getStringValue())
        .isEqualTo("new");
    assertThat(cached.v("t", "1")).isEqualTo("old");
    failsWith(CallReason.INVALID_ARGUMENT, () -> Cached.get(cached.reader(), "t", "1", "x"));
  }

  @Test
  void anAbsentRowIsRememberedUntilItIsWritten() {
    execute("create table t (id int primary key, v text)");
    assertThat(cached.get("t", "1").getFound()).isFalse();
    execute("insert into t values (1, 'late')");
    assertThat(cached.get("t", "1").getFound()).isFalse();
    assertThat(cached.get("t", "01").getFound()).as("the same id").isFalse();
    cached.invalidate("t", "1");
    assertThat(cached.v("t", "1")).isEqualTo("late");
    assertThat(cached.v("t", "01")).isEqualTo("late");
  }

  @Test
  void withoutNegativeTtlAnAbsentRowIsNotRemembered() {
    execute("create table t (id int primary key, v text)");
    ReaderServiceBlockingStub reader =
        cached.reader(CacheConfig.newBuilder().setEnabled(true).build());
    assertThat(Cached.get(reader, "t", "1").getFound()).isFalse();
    execute("insert into t values (1, 'late')");
    assertThat(Cached.get(reader, "t", "1").getFound()).isTrue();
  }

  /** Both spellings find the row; a writer knows the row's own and removes every copy with it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int | 123 | 0123",
        "bigint | 5 | +5",
        "uuid | 0190a5e4-7bfe-7c3d-9f5a-2b1c3d4e5f60 | 0190A5E4-7BFE-7C3D-9F5A-2B1C3D4E5F60",
        "public.citext | Ann | ANN",
        "text collate public.anycase | Ann | ANN",
        "char(5) | Ann | 'Ann '",
        "numeric | 100 | 1e2",
        "numeric | 1.50 | 1.5",
        "date | 2025-09-07 | +2025-09-07",
        "timestamptz | 2025-09-07T00:00:00Z | 2025-09-07T02:00:00+02:00",
        "bytea | AAE= | AAE",
      })
  void anIdOfSeveralSpellingsHasNoCopyThatAWriterDoesNotKnow(
      String type, String own, String other) {
    execute(
        "create extension if not exists citext schema public",
        "create collation if not exists public.anycase"
            + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "create table spelled (id " + type + " primary key, v text)");
    // None of them may be remembered as absent in a way that the writer does not know.
    for (String id : new String[] {own, other}) {
      assertThat(found(id)).isFalse();
    }
    execute(
        "insert into spelled values ("
            + (type.equals("bytea") ? "'\\x0001'" : "'" + own + "'")
            + ", 'old')");
    cached.invalidate("spelled", own);
    for (int i = 0; i < 2; i++) {
      assertThat(v(own)).isEqualTo("old");
      assertThat(v(other)).isEqualTo("old");
    }
    execute("update spelled set v = 'new'");
    cached.invalidate("spelled", own);
    assertThat(v(other)).isEqualTo("new");
    assertThat(v(own)).isEqualTo("new");
    assertThat(cached.keys()).hasSizeLessThanOrEqualTo(1);
  }

  private boolean found(String id) {
    try {
      return cached.get("spelled", id).getFound();
    } catch (io.grpc.StatusRuntimeException e) {
      return false;
    }
  }

  /** A spelling that the type does not take is refused, with a copy as without one. */
  private String v(String id) {
    GetResponse expected;
    try {
      expected = cached.getUncached("spelled", id);
    } catch (io.grpc.StatusRuntimeException e) {
      failsWith(CallReason.INVALID_ARGUMENT, () -> cached.get("spelled", id));
      return cached.namespace().select("select v from spelled").getFirst();
    }
    GetResponse found = cached.get("spelled", id);
    assertThat(found.getFound()).isEqualTo(expected.getFound());
    return found.getRow().getFieldsOrThrow("v").getStringValue();
  }

  @Test
  void copiesOfANamespaceAreNotServedToAnother() {
    Cached other = Cached.in(service);
    execute("create table t (id int primary key, v text)", "insert into t values (1, 'mine')");
    assertThat(cached.v("t", "1")).isEqualTo("mine");
    failsWith(ReaderReason.COLLECTION_NOT_FOUND, () -> other.get("t", "1"));
    other
        .namespace()
        .execute(
            "create table t (id int primary key, v text)", "insert into t values (1, 'theirs')");
    Await.until(
        "their own row",
        () -> {
          try {
            assertThat(other.v("t", "1")).isEqualTo("theirs");
            return true;
          } catch (io.grpc.StatusRuntimeException e) {
            return false;
          }
        });
    assertThat(cached.v("t", "1")).isEqualTo("mine");
    other.invalidate("t", "1");
    execute("update t set v = 'changed'");
    assertThat(cached.v("t", "1")).isEqualTo("mine");
  }

  @Test
  void noNamesOfCollectionsAndIdsAreTakenForOthers() {
    execute(
        "create table a (id text primary key, v text)",
        "insert into a values ('b:c', 'id b:c of a')",
        "create table \"a:b\" (id text primary key, v text)",
        "insert into \"a:b\" values ('c', 'id c of a:b')");
    for (int i = 0; i < 2; i++) {
      assertThat(cached.v("a", "b:c")).isEqualTo("id b:c of a");
      assertThat(cached.v("a:b", "c")).isEqualTo("id c of a:b");
      assertThat(cached.get("a:b", "none").getFound()).isFalse();
      assertThat(cached.get("a", "b:none").getFound()).isFalse();
    }
  }

  @Test
  void whatCanBeWrittenByTheNameOfAnotherTableIsReadFromTheStore() {
    execute(
        "create table whole (id int primary key, v text) partition by range (id)",
        "create table part partition of whole for values from (1) to (10)",
        "insert into whole values (1, 'old')");
    assertThat(cached.v("whole", "1")).isEqualTo("old");
    assertThat(cached.v("part", "1")).isEqualTo("old");
    execute("update whole set v = 'new'");
    assertThat(cached.v("part", "1")).isEqualTo("new");
    assertThat(cached.v("whole", "1")).as("has a copy").isEqualTo("old");
  }

  @Test
  void aCopyOfAnotherShapeIsNotServed() {
    execute(
        "create table t (id int primary key, v text, x int)", "insert into t values (1, 'a', 2)");
    cached.get("t", "1");
    execute("alter table t drop column x", "alter table t add y int default 3");
    try (ReaderFixture restarted =
        new ReaderFixture(service.database(), "spring.data.redis.url=" + RedisFixture.url())) {
      Cached fresh = new Cached(restarted, cached.namespace());
      assertThat(fresh.get("t", "1").getRow().getFieldsMap()).containsOnlyKeys("id", "v", "y");
      execute("update t set v = 'b'");
      assertThat(fresh.v("t", "1")).as("has a copy").isEqualTo("a");
    }
  }

  @Test
  void aRowThatIsTooLargeIsServedAndNotCopied() {
    execute(
        "create table t (id int primary key, v text)",
        "insert into t values (1, repeat('x', 1100000))");
    assertThat(cached.v("t", "1")).hasSize(1_100_000);
    assertThat(cached.keys()).isEmpty();
  }

  @Test
  void whatIsRefusedWithoutCopiesIsRefusedWithThem() {
    execute(
        "create table pair (a int, b int, primary key (a, b))",
        "create table keyless (a int)",
        "create table t (id int primary key)");
    failsWith(ReaderReason.COMPOSITE_KEY, () -> cached.get("pair", "1"));
    failsWith(ReaderReason.NO_PRIMARY_KEY, () -> cached.get("keyless", "1"));
    failsWith(ReaderReason.COLLECTION_NOT_FOUND, () -> cached.get("nowhere", "1"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> cached.get("t", "x"));
    assertThat(cached.keys()).isEmpty();
  }

  @Test
  void aReadOnlySessionReadsCopiesAndOneWithoutPermissionDoesNot() {
    execute("create table t (id int primary key, v text)", "insert into t values (1, 'old')");
    var tokens = service.server().tokens();
    var config = io.prism.config.v1.ClientConfig.newBuilder().setCache(Cached.config()).build();
    var readOnly =
        ReaderFixture.Namespace.reader(
            service
                .server()
                .channel(
                    tokens
                        .session()
                        .namespace(cached.namespace().name())
                        .config(config)
                        .readOnly()
                        .token()));
    assertThat(Cached.get(readOnly, "t", "1").getFound()).isTrue();
    assertThat(cached.keys()).hasSize(1);
    var none =
        ReaderFixture.Namespace.reader(
            service
                .server()
                .channel(
                    tokens
                        .session()
                        .namespace(cached.namespace().name())
                        .config(config)
                        .permissions("cache:read")
                        .token()));
    failsWith(CallReason.PERMISSION_DENIED, () -> Cached.get(none, "t", "1"));
  }
}
