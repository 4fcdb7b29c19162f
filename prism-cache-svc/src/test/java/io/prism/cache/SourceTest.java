package io.prism.cache;

import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.source;
import static io.prism.cache.testing.Configs.writeThrough;
import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.cache.domain.CacheReason;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.SetRequest;
import io.prism.config.v1.CacheConfig;
import io.prism.redis.EntryKey;
import io.prism.redis.Invalidations;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values that live in PostgreSQL. */
class SourceTest {

  private static final CacheFixture fixture = CacheFixture.shared();

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");
  private final String schema = "ns_" + namespace;

  @BeforeEach
  void tables() {
    fixture.execute(
        "create schema " + schema,
        "create table "
            + schema
            + ".users (id int primary key, name text, photo bytea, visits bigint,"
            + " big bigint, born date, constraint no_bad_name check (name <> 'bad'))",
        "insert into "
            + schema
            + ".users values (123, 'Ada', '\\x00ff', 7, 9223372036854775807, '1815-12-10'),"
            + " (5, null, null, null, null, null)");
  }

  private Client client(CacheConfig.Builder config, String keyField, String valueField) {
    return fixture.client(namespace, config.setSource(source("users", keyField, valueField)));
  }

  private void change(String sql) {
    fixture.execute(sql.replace("users", schema + ".users"));
  }

  private String inSource(String column, int id) {
    return String.valueOf(
        fixture.select("select " + column + " from " + schema + ".users where id = " + id));
  }

  @Test
  void theFirstGetIsFromTheSourceAndTheNextFromTheCache() {
    Client client = client(lookAside(), "", "name");
    assertThat(client.response("users:123").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_SOURCE);
    assertThat(client.response("users:123").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
    assertThat(client.get("users:123")).isEqualTo("Ada");
  }

  @Test
  void theBytesOfTheValueFieldAreTheValue() {
    assertThat(client(lookAside(), "id", "photo").response("users:123").getValue())
        .isEqualTo(ByteString.copyFrom(new byte[] {0, (byte) 0xff}));
  }

  @Test
  void aFieldThatIsNullIsNoValue() {
    Client client = client(lookAside(), "", "name");
    assertThat(client.get("users:5")).isNull();
    assertThat(client.get("users:6")).isNull();
    assertThat(client.getMulti("users:5", "users:123", "users:6").getFoundCount()).isEqualTo(1);
  }

  @Test
  void theWholeRowIsJsonWithValuesAsReaderGivesThem() {
    assertThat(client(lookAside(), "", "").get("users:123"))
        .isEqualTo(
            "{\"big\":\"9223372036854775807\",\"born\":\"1815-12-10\",\"id\":123,\"name\":\"Ada\","
                + "\"photo\":\"AP8=\",\"visits\":\"7\"}");
  }

  @Test
  void wholeRowsAreReadOnly() {
    Client client = client(lookAside(), "", "");
    failsWith(CacheReason.SOURCE_READ_ONLY, () -> client.set("users:123", "{}"));
    failsWith(CacheReason.SOURCE_READ_ONLY, () -> client.delete("users:123"));
    failsWith(CacheReason.SOURCE_READ_ONLY, () -> client.increment("users:123"));
    assertThat(inSource("name", 123)).isEqualTo("Ada");
  }

  @Test
  void setOfALookAsideKeyWritesTheSourceAndRemovesTheEntry() {
    Client client = client(lookAside(), "", "name");
    client.get("users:123");
    assertThat(client.set("users:123", "Grace")).isTrue();
    assertThat(inSource("name", 123)).isEqualTo("Grace");
    assertThat(client.response("users:123").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_SOURCE);
    assertThat(client.get("users:123")).isEqualTo("Grace");
    assertThat(client.set("users:77", "New")).isTrue();
    assertThat(inSource("name", 77)).isEqualTo("New");
    assertThat(client.delete("users:77")).isTrue();
    assertThat(inSource("name", 77)).isEqualTo("null");
    assertThat(client.get("users:77")).isNull();
  }

  @Test
  void setOfAWriteThroughKeyWritesSourceAndCacheBeforeTheAnswer() {
    Client client = client(writeThrough(), "", "name");
    client.set("users:123", "Grace");
    assertThat(inSource("name", 123)).isEqualTo("Grace");
    assertThat(client.response("users:123").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
    assertThat(client.get("users:123")).isEqualTo("Grace");
  }

  @Test
  void aWriteThroughCopyHasWhatTheSourceMadeOfTheValue() {
    Client client = client(writeThrough(), "", "visits");
    client.set("users:123", "0042");
    assertThat(client.response("users:123").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
    assertThat(client.get("users:123")).isEqualTo("42");
  }

  @Test
  void conditionsOfSetHoldInTheSource() {
    Client client = client(writeThrough(), "", "name");
    SetRequest.Builder set =
        SetRequest.newBuilder().setValue(ByteString.copyFromUtf8("x")).setKey("users:123");
    assertThat(client.set(set.clone().setOnlyIfNotExists(true))).isFalse();
    assertThat(client.get("users:123")).isEqualTo("Ada");
    assertThat(client.set(set.clone().setKey("users:8").setOnlyIfExists(true))).isFalse();
    assertThat(client.set(set.clone().setKey("users:8").setOnlyIfNotExists(true))).isTrue();
    assertThat(inSource("name", 8)).isEqualTo("x");
  }

  @Test
  void incrementsAreMadeInTheSource() {
    for (CacheConfig.Builder config : List.of(lookAside(), writeThrough())) {
      Client client = client(config, "", "visits");
      change("update users set visits = 7 where id = 123");
      fixture
          .context()
          .getBean(Invalidations.class)
          .invalidate(EntryKey.copiesOfRow(namespace, "users", "123"))
          .join();
      assertThat(client.increment("users:123")).isEqualTo(8);
      assertThat(inSource("visits", 123)).isEqualTo("8");
      assertThat(client.get("users:123")).isEqualTo("8");
      change("update users set visits = null where id = 5");
      assertThat(client.increment("users:5")).isEqualTo(1);
      change("delete from users where id = 9");
      assertThat(client.increment("users:9")).isEqualTo(1);
      assertThat(inSource("visits", 9)).isEqualTo("1");
    }
  }

  @Test
  void aValueThatTheTableRefusesIsAFailedPreconditionAndTheOldOneIsStillThere() {
    Client client = client(writeThrough(), "", "name");
    failsWith(CacheReason.SOURCE_CONSTRAINT, () -> client.set("users:123", "bad"));
    assertThat(client.get("users:123")).isEqualTo("Ada");
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client(writeThrough(), "", "visits").set("users:123", "many"));
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> client.set("users:123", ByteString.copyFrom(new byte[] {(byte) 0xff})));
  }

  @Test
  void aKeyOfAnotherCollectionOrOfNoRowIsInvalid() {
    Client client = client(lookAside(), "", "name");
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get("orders:1"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get("users"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get("users:abc"));
    // A row has one key, or its copy could not be removed.
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.get("users:0123"));
    failsWith(CallReason.INVALID_ARGUMENT, () -> client.set("users:+123", "x"));
  }

  @Test
  void aSourceThatIsNotThereIsAFailedPrecondition() {
    Client none = fixture.client(namespace, lookAside().setSource(source("nothing", "", "name")));
    failsWith(CacheReason.SOURCE_MISCONFIGURED, () -> none.get("nothing:1"));
    failsWith(
        CacheReason.SOURCE_MISCONFIGURED, () -> client(lookAside(), "", "age").get("users:123"));
    failsWith(
        CacheReason.SOURCE_MISCONFIGURED, () -> client(lookAside(), "nr", "name").get("users:123"));
    Client other =
        fixture.client(
            "t" + UUID.randomUUID().toString().replace("-", ""),
            lookAside().setSource(source("users", "", "name")));
    failsWith(CacheReason.SOURCE_MISCONFIGURED, () -> other.get("users:123"));
  }

  @Test
  void anAbsentRowIsRememberedForNegativeTtl() {
    Client client =
        fixture.client(
            namespace, lookAside().setNegativeTtlSeconds(2).setSource(source("users", "", "name")));
    assertThat(client.get("users:50")).isNull();
    change("insert into users (id, name) values (50, 'Late')");
    assertThat(client.get("users:50")).isNull();
    assertThat(client.exists("users:50")).isFalse();
    Await.until("the end of the negative entry", () -> "Late".equals(client.get("users:50")));
  }

  @Test
  void anAbsentRowIsNotRememberedByDefault() {
    Client client = client(lookAside(), "", "name");
    assertThat(client.get("users:50")).isNull();
    change("insert into users (id, name) values (50, 'Late')");
    assertThat(client.get("users:50")).isEqualTo("Late");
  }

  @Test
  void aStaleValueIsServedWhileItIsLoadedAgain() {
    Client client =
        fixture.client(
            namespace,
            lookAside()
                .setTtlSeconds(1)
                .setStaleWhileRevalidateSeconds(60)
                .setSource(source("users", "", "name")));
    assertThat(client.get("users:123")).isEqualTo("Ada");
    change("update users set name = 'Grace' where id = 123");
    Await.until(
        "the value to be loaded again",
        () -> {
          assertThat(client.response("users:123").getOrigin())
              .isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
          return "Grace".equals(client.get("users:123"));
        });
  }

  @Test
  void aWriteByTransactThatInvalidatesIsSeenByTheNextGet() {
    Client client = client(lookAside(), "", "name");
    client.get("users:123");
    change("update users set name = 'Grace' where id = 123");
    assertThat(client.get("users:123")).isEqualTo("Ada");
    fixture
        .context()
        .getBean(Invalidations.class)
        .invalidate(EntryKey.copiesOfRow(namespace, "users", "123"))
        .join();
    assertThat(client.get("users:123")).isEqualTo("Grace");
  }

  @Test
  void theDurableTableKeepsValuesThatRedisHasLost() {
    Client client = fixture.client(namespace, lookAside());
    client.set("k", "v");
    assertThat(client.response("k").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_SOURCE);
    fixture
        .context()
        .getBean(Invalidations.class)
        .invalidate(List.of(new EntryKey(namespace, EntryKey.Space.VALUE, "k")))
        .join();
    assertThat(client.response("k").getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_SOURCE);
    assertThat(client.get("k")).isEqualTo("v");
  }

  @Test
  void expiredRowsAreSwept() {
    try (CacheFixture sweeping =
        fixture.another("prism.cache.sweep.interval=100ms", "prism.cache.sweep.batch=2")) {
      Client client = sweeping.client(namespace, lookAside());
      for (int i = 0; i < 5; i++) {
        client.setEx("short" + i, "v", Duration.ofMillis(10));
      }
      client.set("long", "v");
      Await.until(
          "the sweep",
          () ->
              "1"
                  .equals(
                      fixture.select(
                          "select count(*) from prism_cache.entry where namespace = '"
                              + namespace
                              + "'")));
      assertThat(client.get("long")).isEqualTo("v");
    }
  }

  @Test
  void withoutAStrategyKeysAreLookAside() {
    Client client = fixture.client(namespace, CacheConfig.newBuilder());
    client.set("k", "v");
    assertThat(
            fixture.select(
                "select count(*) from prism_cache.entry where namespace = '" + namespace + "'"))
        .isEqualTo("1");
  }
}
