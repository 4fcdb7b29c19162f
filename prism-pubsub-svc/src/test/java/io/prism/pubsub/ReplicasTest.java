package io.prism.pubsub;

import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.NatsFixture;
import io.prism.pubsub.testing.PubSubDeployment;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.pubsub.v1.Subscription;
import io.prism.starter.auth.Session;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.ReplicaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three replicas behind one NATS: everything works at whichever a call arrives. */
final class ReplicasTest {

  private static final int REPLICAS = 3;
  private static final int EXTRA = 3;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static PubSubDeployment deployment;

  private Session session;
  private List<Client> clients;

  @BeforeAll
  static void start() {
    deployment =
        new PubSubDeployment(
            4, NatsFixture.url(), "prism.peer.time-limit=1s", "prism.peer.forget-after=2s");
    IntStream.range(0, REPLICAS).forEach(deployment::start);
    deployment.awaitKnown(REPLICAS - 1);
  }

  @BeforeEach
  void connect() {
    session = deployment.session(PubSubFixture.newNamespace());
    clients = IntStream.range(0, REPLICAS).mapToObj(i -> deployment.client(i, session)).toList();
  }

  @AfterAll
  static void stop() {
    if (deployment != null) {
      deployment.close();
    }
  }

  private int count(int replica) {
    return clients.get(replica).publish("a", "count").getSubscriberCount();
  }

  private void awaitCount(int expected) {
    for (int i = 0; i < REPLICAS; i++) {
      int replica = i;
      Await.until(
          "%d subscribers at replica %d".formatted(expected, i),
          SECOND,
          () -> count(replica) == expected);
    }
  }

  @Test
  void anEventReachesSubscribersAtEveryReplica() {
    List<TestStream> streams = clients.stream().map(client -> client.subscribe("a")).toList();
    for (int i = 0; i < REPLICAS; i++) {
      clients.get(i).publish("a", "from " + i);
    }
    for (TestStream stream : streams) {
      stream.await(3);
      assertThat(stream.payloads()).containsExactlyInAnyOrder("from 0", "from 1", "from 2");
    }
    streams.forEach(TestStream::close);
  }

  /** The header of one replica comes before an event that another publishes: it is seen. */
  @Test
  void whatIsPublishedElsewhereAfterTheHeaderIsSeen() {
    for (int i = 0; i < 30; i++) {
      try (TestStream stream = clients.get(i % 3).subscribe("live." + i)) {
        clients.get((i + 1) % 3).publish("live." + i, "first");
        assertThat(stream.await(1)).hasSize(1);
      }
    }
  }

  /** "each event to one member across all replicas". */
  @Test
  void aGroupOverAllReplicasGetsEachEventOnce() {
    List<TestStream> members = new ArrayList<>();
    for (Client client : clients) {
      members.add(client.join("g", "a"));
      members.add(client.join("g", "*"));
    }
    awaitCount(1);
    try (TestStream all = clients.getFirst().subscribe("a")) {
      awaitCount(2);
      for (int i = 0; i < 600; i++) {
        clients.get(i % 3).publish("a", "m" + i);
      }
      Await.until(
          "all", () -> all.payloads().stream().filter(m -> !m.equals("count")).count() == 600);
      Await.until("each event", () -> worked(members).size() >= 600);
      assertThat(worked(members)).doesNotHaveDuplicates().hasSize(600);
      assertThat(members).allSatisfy(member -> assertThat(member.events()).isNotEmpty());
    }
    members.forEach(TestStream::close);
    awaitCount(0);
  }

  private static List<String> worked(List<TestStream> members) {
    return members.stream()
        .flatMap(member -> member.payloads().stream())
        .filter(payload -> !payload.equals("count"))
        .toList();
  }

  /** "from a registry the replicas share through the broker; eventually exact". */
  @Test
  void subscriberCountSettlesExactlyAtEveryReplica() {
    List<TestStream> streams = new ArrayList<>();
    awaitCount(0);
    for (int i = 0; i < 60; i++) {
      streams.add(clients.get(i % 3).subscribe(i % 2 == 0 ? "a" : "*"));
    }
    awaitCount(60);
    streams.add(clients.get(0).join("g", "a"));
    streams.add(clients.get(1).join("g", "a"));
    streams.add(clients.get(2).join("g", ">"));
    awaitCount(61);
    streams.add(clients.get(2).join("h", ">"));
    awaitCount(62);
    streams.removeLast().close();
    streams.removeLast().close();
    awaitCount(61);
    for (int i = 0; i < 30; i++) {
      clients.get((i + 1) % 3).unsubscribe(streams.get(i).id());
    }
    awaitCount(31);
    streams.forEach(TestStream::close);
    awaitCount(0);
  }

  /** "Unsubscribe ends it with OK, from whichever replica". */
  @Test
  void unsubscribeAndListWorkAtWhicheverReplica() {
    List<TestStream> streams = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      streams.add(clients.get(i % 3).subscribe("s." + i));
    }
    List<String> ids = streams.stream().map(TestStream::id).toList();
    for (Client client : clients) {
      assertThat(client.list())
          .as("oldest first, of all replicas")
          .extracting(Subscription::getSubscriptionId)
          .isEqualTo(ids);
    }
    Client stranger = deployment.client(0, deployment.session(session.namespace()));
    assertThat(stranger.list()).isEmpty();
    for (int i = 0; i < 6; i++) {
      String id = ids.get(i);
      failure(Code.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", () -> stranger.unsubscribe(id));
      Client elsewhere = clients.get((i + 1) % 3);
      assertThat(elsewhere.unsubscribe(id)).isTrue();
      streams.get(i).awaitOk();
      failure(Code.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", () -> elsewhere.unsubscribe(id));
    }
    assertThat(clients.getFirst().list()).isEmpty();
  }

  @Test
  void whatAKilledReplicaHadVanishesWithinSeconds() {
    ReplicaProcess process = deployment.startProcess(EXTRA);
    try {
      Client doomed = deployment.client(EXTRA, session);
      TestStream lost =
          Await.value(
              "the process",
              Duration.ofSeconds(60),
              () -> doomed.subscribe("a"),
              stream -> !stream.isClosed());
      TestStream member = doomed.join("g", "a");
      try (TestStream stays = clients.getFirst().subscribe("a")) {
        awaitCount(3);
        process.kill();
        for (int i = 0; i < REPLICAS; i++) {
          int replica = i;
          Await.until("it counts no more", Duration.ofSeconds(8), () -> count(replica) == 1);
        }
        assertThat(lost.failure()).isNotNull();
        assertThat(member.failure()).isNotNull();
        Await.until(
            "the list is of those that live",
            Duration.ofSeconds(10),
            () -> isListed(clients.get(1), stays.id()));
      }
    } finally {
      process.close();
    }
  }

  /**
   * While the killed one still counts as having streams, there is no list, rather than a wrong one.
   */
  private static boolean isListed(Client client, String id) {
    try {
      List<Subscription> all = client.list();
      return all.size() == 1 && all.getFirst().getSubscriptionId().equals(id);
    } catch (io.grpc.StatusRuntimeException e) {
      checked(Code.UNAVAILABLE, "PEER_UNAVAILABLE", e);
      return false;
    }
  }

  @Test
  void aStoppingReplicaIsMissedByNobody() {
    deployment.start(EXTRA);
    Client stopping = deployment.client(EXTRA, session);
    try (TestStream member = clients.getFirst().join("g", "a")) {
      TestStream leaving = stopping.join("g", "a");
      TestStream single = stopping.subscribe("a");
      awaitCount(2);
      deployment.stop(EXTRA);
      checked(Code.UNAVAILABLE, "DRAINING", leaving.failure());
      checked(Code.UNAVAILABLE, "DRAINING", single.failure());
      awaitCount(1);
      int before = member.events().size();
      IntStream.range(0, 50).forEach(i -> clients.get(1).publish("a", "after"));
      assertThat(member.await(before + 50)).hasSizeGreaterThanOrEqualTo(before + 50);
    }
  }
}
