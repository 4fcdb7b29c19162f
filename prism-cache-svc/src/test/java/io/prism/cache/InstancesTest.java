package io.prism.cache;

import static io.prism.cache.testing.Configs.lookAside;
import static io.prism.cache.testing.Configs.source;
import static io.prism.cache.testing.Configs.writeThrough;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.prism.cache.testing.Answers;
import io.prism.cache.testing.CacheFixture;
import io.prism.cache.testing.Client;
import io.prism.cache.testing.SlowUsers;
import io.prism.cache.v1.GetRequest;
import io.prism.cache.v1.GetResponse;
import io.prism.cache.v1.IncrementRequest;
import io.prism.cache.v1.IncrementResponse;
import io.prism.cache.v1.SetRequest;
import io.prism.cache.v1.SetResponse;
import io.prism.config.v1.CacheConfig;
import io.prism.redis.EntryKey;
import io.prism.redis.Invalidations;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three instances over the same Redis and PostgreSQL. */
class InstancesTest {

  private static final CacheFixture one = CacheFixture.shared();
  private static CacheFixture two;
  private static CacheFixture three;

  private final String namespace = "t" + UUID.randomUUID().toString().replace("-", "");

  @BeforeAll
  static void start() {
    two = one.another();
    three = one.another();
  }

  @AfterAll
  static void stop() {
    two.close();
    three.close();
  }

  private List<Client> clients(CacheConfig.Builder config) {
    return List.of(
        one.client(namespace, config),
        two.client(namespace, config),
        three.client(namespace, config));
  }

  private static ListenableFuture<GetResponse> get(Client client, String key) {
    return client.futures().get(GetRequest.newBuilder().setKey(key).build());
  }

  @Test
  void twoHundredCallersOnThreeInstancesOnAColdKeyCauseOneSourceLoad() {
    List<Client> clients = clients(lookAside().setSource(source("slow", "id", "name")));
    try (SlowUsers users = new SlowUsers(one, namespace)) {
      users.hold();
      List<ListenableFuture<GetResponse>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        calls.add(get(clients.get(i % clients.size()), "slow:1"));
      }
      users.awaitLoads(1);
      users.release();
      assertThat(calls)
          .allSatisfy(
              call -> assertThat(Answers.of(call).getValue().toStringUtf8()).isEqualTo("Ada"));
      assertThat(users.loads()).isEqualTo(1);
    }
  }

  @Test
  void loadOldThenInvalidateThenStoreOldLeavesNoOldValue() {
    List<Client> clients = clients(lookAside().setSource(source("slow", "id", "name")));
    try (SlowUsers users = new SlowUsers(one, namespace)) {
      users.hold();
      ListenableFuture<GetResponse> reader = get(clients.get(0), "slow:1");
      users.awaitLoads(1);
      users.rename("Grace");
      two.context()
          .getBean(Invalidations.class)
          .invalidate(EntryKey.copiesOfRow(namespace, "slow", "1"))
          .join();
      // These come after the write, and must not be given what the first one reads.
      ListenableFuture<GetResponse> sameInstance = get(clients.get(0), "slow:1");
      ListenableFuture<GetResponse> otherInstance = get(clients.get(2), "slow:1");
      users.awaitLoads(2);
      users.release();
      assertThat(Answers.of(reader).getValue().toStringUtf8()).isEqualTo("Ada");
      assertThat(Answers.of(sameInstance).getValue().toStringUtf8()).isEqualTo("Grace");
      assertThat(Answers.of(otherInstance).getValue().toStringUtf8()).isEqualTo("Grace");
      assertThat(clients).allSatisfy(client -> assertThat(client.get("slow:1")).isEqualTo("Grace"));
    }
  }

  @Test
  void aWriteThroughValueIsSeenByEveryInstanceAsSoonAsItIsAnswered() {
    List<Client> clients = clients(writeThrough());
    AtomicBoolean done = new AtomicBoolean();
    List<CompletableFuture<Void>> readers = new ArrayList<>();
    for (Client client : clients) {
      readers.add(
          CompletableFuture.runAsync(
              () -> {
                while (!done.get()) {
                  client.get("k");
                }
              },
              task -> Thread.ofVirtual().start(task)));
    }
    for (int i = 0; i < 100; i++) {
      clients.get(i % 3).set("k", "v" + i);
      assertThat(clients.get((i + 1) % 3).get("k")).isEqualTo("v" + i);
    }
    done.set(true);
    readers.forEach(CompletableFuture::join);
  }

  @Test
  void whateverWritersOverlapTheCacheHasWhatTheSourceHasInTheEnd() {
    List<Client> clients = clients(writeThrough());
    for (int round = 0; round < 20; round++) {
      String key = "k" + round;
      List<ListenableFuture<SetResponse>> writes = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        SetRequest set =
            SetRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8("v" + i)).build();
        writes.add(clients.get(i % 3).futures().set(set));
      }
      writes.forEach(Futures::getUnchecked);
      String truth =
          one.select(
              "select convert_from(value, 'UTF8') from prism_cache.entry where namespace = '"
                  + namespace
                  + "' and name = '"
                  + key
                  + "'");
      assertThat(clients).allSatisfy(client -> assertThat(client.get(key)).isEqualTo(truth));
    }
  }

  @Test
  void countersOnThreeInstancesLoseNothing() {
    for (CacheConfig.Builder config : List.of(lookAside(), writeThrough())) {
      String key = "n" + config.getStrategyValue();
      List<Client> clients = clients(config);
      List<ListenableFuture<IncrementResponse>> calls = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        calls.add(
            clients
                .get(i % 3)
                .futures()
                .increment(IncrementRequest.newBuilder().setKey(key).build()));
      }
      calls.forEach(Futures::getUnchecked);
      assertThat(clients).allSatisfy(client -> assertThat(client.get(key)).isEqualTo("60"));
    }
  }
}
