package io.prism.cache;

import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.source;
import static io.prism.cache.testing.Configs.writeThrough;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.prism.cache.testing.Answers;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.testing.Configs;
import io.prism.cache.testing.SlowUsers;
import io.prism.cache.v1.CacheOrigin;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheStrategy;
import io.prism.redis.EntryKey;
import io.prism.redis.Freshness;
import io.prism.redis.Invalidations;
import io.prism.redis.Loaded;
import io.prism.redis.ReadThrough;
import io.prism.starter.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions of one namespace for which the same key is something else. */
class MappingsTest {

  private static final CacheFixture fixture = CacheFixture.shared();

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");
  private final String schema = "ns_" + namespace;

  @BeforeEach
  void tables() {
    fixture.execute(
        "create schema " + schema,
        "create table "
            + schema
            + ".users (id int primary key, nr int unique, name text, town text)",
        "insert into "
            + schema
            + ".users values (1, 2, 'Ada', 'London'), (2, 1, 'Grace', 'New York'), (3, 3, 'Alan', null)");
  }

  private Client client(CacheConfig.Builder config, String keyField, String valueField) {
    return fixture.client(namespace, config.setSource(source("users", keyField, valueField)));
  }

  private Client client(CacheStrategy strategy, String keyField, String valueField) {
    return client(Configs.of(strategy), keyField, valueField);
  }

  @ParameterizedTest
  @EnumSource(names = {"CACHE_STRATEGY_LOOK_ASIDE", "CACHE_STRATEGY_WRITE_THROUGH"})
  void eachSessionHasTheValueOfItsOwnMapping(CacheStrategy strategy) {
    Client names = client(strategy, "", "name");
    Client towns = client(strategy, "", "town");
    Client byNr = client(strategy, "nr", "name");
    Client rows = client(strategy, "", "");
    Client durable = fixture.client(namespace, Configs.of(strategy));
    Client memory = fixture.client(namespace, Configs.cacheOnly());
    durable.set("users:1", "durable");
    memory.set("users:1", "memory");
    // The second time what the others left in Redis is there.
    for (int i = 0; i < 2; i++) {
      assertThat(names.get("users:1")).isEqualTo("Ada");
      assertThat(towns.get("users:1")).isEqualTo("London");
      assertThat(byNr.get("users:1")).isEqualTo("Grace");
      assertThat(rows.get("users:1")).contains("\"Ada\"", "\"London\"");
      assertThat(durable.get("users:1")).isEqualTo("durable");
      assertThat(memory.get("users:1")).isEqualTo("memory");
      assertThat(many(names)).containsExactly("Ada", "Grace", "Alan");
      assertThat(many(towns)).containsExactly("London", "New York", "");
      assertThat(many(byNr)).containsExactly("Grace", "Ada", "Alan");
      assertThat(many(durable)).containsExactly("durable", "", "");
      assertThat(names.exists("users:3")).isTrue();
      assertThat(towns.exists("users:3")).isFalse();
    }
  }

  private static List<String> many(Client client) {
    return client.getMulti("users:1", "users:2", "users:3").getEntriesList().stream()
        .map(entry -> entry.getValue().toStringUtf8())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"CACHE_STRATEGY_LOOK_ASIDE", "CACHE_STRATEGY_WRITE_THROUGH"})
  void aSessionAloneWithItsMappingIsServedFromTheCache(CacheStrategy strategy) {
    Client names = client(strategy, "", "name");
    client(strategy, "", "town").get("users:1");
    names.get("users:1");
    GetResponse copy = names.response("users:1");
    assertThat(copy.getOrigin()).isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
    assertThat(copy.getValue().toStringUtf8()).isEqualTo("Ada");
    // The same mapping of another session shares it.
    assertThat(client(strategy, "", "name").response("users:1").getOrigin())
        .isEqualTo(CacheOrigin.CACHE_ORIGIN_CACHE);
  }

  @ParameterizedTest
  @EnumSource(names = {"CACHE_STRATEGY_LOOK_ASIDE", "CACHE_STRATEGY_WRITE_THROUGH"})
  void aWriteIsSeenByTheNextGetOfEverySessionThatKnowsTheRowByTheSameField(CacheStrategy strategy) {
    Client names = client(strategy, "", "name");
    Client rows = client(strategy, "", "");
    Client towns = client(strategy, "", "town");
    for (Client last : List.of(names, rows, towns)) {
      String name = "Ada" + last.hashCode();
      assertThat(rows.get("users:1")).contains("London");
      // Whose copy is in Redis differs.
      last.get("users:1");
      assertThat(names.set("users:1", name)).isTrue();
      assertThat(rows.get("users:1")).contains(name);
      assertThat(towns.get("users:1")).isEqualTo("London");
      assertThat(names.get("users:1")).isEqualTo(name);
    }
    names.delete("users:1");
    assertThat(towns.get("users:1")).isNull();
    assertThat(rows.get("users:1")).isNull();
  }

  @Test
  void strategiesThatMapAlikeSeeEachOthersWrites() {
    Client aside = client(lookAside(), "", "name");
    Client through = client(writeThrough(), "", "name");
    Client towns = client(writeThrough(), "", "town");
    towns.get("users:1");
    aside.set("users:1", "one");
    assertThat(through.get("users:1")).isEqualTo("one");
    through.set("users:1", "two");
    assertThat(aside.get("users:1")).isEqualTo("two");
    assertThat(towns.get("users:1")).isEqualTo("London");
  }

  @ParameterizedTest
  @EnumSource(names = {"CACHE_STRATEGY_LOOK_ASIDE", "CACHE_STRATEGY_WRITE_THROUGH"})
  void whatIsAbsentForOneMappingIsNotForAnother(CacheStrategy strategy) {
    Client towns = client(Configs.of(strategy).setNegativeTtlSeconds(600), "", "town");
    Client names = client(Configs.of(strategy).setNegativeTtlSeconds(600), "", "name");
    assertThat(towns.get("users:3")).isNull();
    assertThat(names.get("users:3")).isEqualTo("Alan");
    assertThat(towns.get("users:3")).isNull();
    assertThat(names.getMulti("users:3").getFoundCount()).isEqualTo(1);
    assertThat(towns.getMulti("users:3").getFoundCount()).isZero();
    // A write of one ends what is remembered for the other.
    names.set("users:3", "Turing");
    fixture.execute("update " + schema + ".users set town = 'Wilmslow' where id = 3");
    names.set("users:3", "Alan Turing");
    assertThat(towns.get("users:3")).isEqualTo("Wilmslow");
  }

  @Test
  void loadsAtTheSameTimeAreNotShared() {
    try (SlowUsers users = new SlowUsers(fixture, namespace + "x")) {
      Client names = slow("name");
      Client ids = slow("id");
      users.hold();
      ListenableFuture<GetResponse> name = get(names);
      users.awaitLoads(1);
      ListenableFuture<GetResponse> id = get(ids);
      ListenableFuture<GetResponse> anotherName = get(names);
      users.release();
      assertThat(Answers.of(name).getValue().toStringUtf8()).isEqualTo("Ada");
      assertThat(Answers.of(anotherName).getValue().toStringUtf8()).isEqualTo("Ada");
      assertThat(Answers.of(id).getValue().toStringUtf8()).isEqualTo("1");
    }
  }

  private Client slow(String valueField) {
    return fixture.client(namespace + "x", lookAside().setSource(source("slow", "id", valueField)));
  }

  private static ListenableFuture<GetResponse> get(Client client) {
    return client.futures().get(GetRequest.newBuilder().setKey("slow:1").build());
  }

  @Test
  void aStaleCopyIsRenewedWithTheValueOfItsOwnMapping() {
    CacheConfig.Builder stale = lookAside().setTtlSeconds(1).setStaleWhileRevalidateSeconds(600);
    Client names = client(stale.clone(), "", "name");
    Client towns = client(stale.clone(), "", "town");
    assertThat(names.get("users:1")).isEqualTo("Ada");
    fixture.execute(
        "update " + schema + ".users set name = 'Lovelace', town = 'Marylebone' where id = 1");
    Await.until("the value to be loaded again", () -> "Lovelace".equals(names.get("users:1")));
    assertThat(towns.get("users:1")).isEqualTo("Marylebone");
    assertThat(names.get("users:1")).isEqualTo("Lovelace");
  }

  @Test
  void anInvalidationByPrimaryKeyRemovesTheCopyWhateverItsMapping() {
    Client names = client(lookAside(), "", "name");
    Client towns = client(lookAside(), "", "town");
    Client byId = client(lookAside(), "id", "name");
    for (Client client : List.of(names, towns, byId)) {
      client.get("users:1");
      fixture.execute("update " + schema + ".users set name = name || '!', town = town || '!'");
      assertThat(client.get("users:1")).doesNotContain("!");
      fixture
          .context()
          .getBean(Invalidations.class)
          .invalidate(EntryKey.copiesOfRow(namespace, "users", "1"))
          .join();
      assertThat(client.get("users:1")).endsWith("!");
      fixture.execute(
          "update " + schema + ".users set name = rtrim(name, '!'), town = rtrim(town, '!')");
      names.set("users:1", "Ada");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CACHE_STRATEGY_LOOK_ASIDE", "CACHE_STRATEGY_WRITE_THROUGH"})
  void aWriteRemovesTheCopyThatReaderKeepsOfTheRow(CacheStrategy strategy) {
    Client names = client(strategy, "", "name");
    assertThat(readersCopy("before")).isEqualTo("before");
    assertThat(readersCopy("not asked")).isEqualTo("before");
    names.set("users:1", "Lovelace");
    assertThat(readersCopy("after")).isEqualTo("after");
    names.delete("users:1");
    assertThat(readersCopy("gone")).isEqualTo("gone");
  }

  private String readersCopy(String inSource) {
    return new String(
        fixture
            .context()
            .getBean(ReadThrough.class)
            .get(
                EntryKey.row(namespace, "users", "1"),
                new Freshness(Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO),
                () ->
                    CompletableFuture.completedFuture(
                        Optional.of(new Loaded(inSource.getBytes(StandardCharsets.UTF_8), null))))
            .join()
            .orElseThrow()
            .value(),
        StandardCharsets.UTF_8);
  }
}
