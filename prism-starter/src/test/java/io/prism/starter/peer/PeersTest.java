package io.prism.starter.peer;

import static io.prism.starter.peer.TestReplica.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.peer.internal.v1.PeerServiceGrpc;
import io.prism.peer.internal.v1.WatchRequest;
import io.prism.peer.internal.v1.WatchResponse;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PeersTest {

  private static final String KEY = "stream/1";

  private final List<TestReplica> replicas = new ArrayList<>();
  private final int[] ports = {FreePort.find(), FreePort.find(), FreePort.find()};
  private final String[] all = {at(ports[0]), at(ports[1]), at(ports[2])};

  @AfterEach
  void stop() {
    replicas.forEach(TestReplica::close);
  }

  private TestReplica replica(int number) {
    return add(TestReplica.create("replica " + number, ports[number], all));
  }

  private TestReplica add(TestReplica replica) {
    replicas.add(replica);
    return replica.start();
  }

  private static void awaitKnown(TestReplica replica, int others) {
    Await.until("that many are known", () -> replica.known() == others);
  }

  private static void awaitHolder(TestReplica replica, String holder) {
    Await.until(
        "the holder", () -> replica.ask(KEY, given -> true).given().equals(List.of(holder)));
  }

  private static void awaitNoHolder(TestReplica replica) {
    Await.until("no holder", () -> replica.ask(KEY, given -> true).given().isEmpty());
  }

  @Test
  void whoHoldsAKeyIsAskedAndNobodyElse() {
    TestReplica one = replica(0);
    TestReplica two = replica(1);
    two.presence.hold(KEY);
    TestReplica three = replica(2);
    awaitKnown(one, 2);
    awaitKnown(three, 2);
    awaitHolder(one, "replica 1");
    awaitHolder(three, "replica 1");
    assertThat(one.ask(KEY).given()).containsExactly("replica 1");
    assertThat(one.asked).hasValue(0);
    assertThat(three.asked).hasValue(0);
    two.presence.hold(KEY);
    two.presence.release(KEY);
    three.presence.hold(KEY);
    Await.until("both", () -> one.ask(KEY).given().equals(List.of("replica 1", "replica 2")));
    two.presence.release(KEY);
    awaitHolder(one, "replica 2");
    assertThat(three.ask(KEY, given -> true).given()).isEmpty();
  }

  @Test
  void theOthersAreAskedOnceWhenTheHoldersDoNotSettleIt() {
    TestReplica one = replica(0);
    TestReplica two = replica(1);
    TestReplica three = replica(2);
    two.presence.hold(KEY);
    awaitKnown(one, 2);
    awaitHolder(one, "replica 1");
    int before = two.asked.get();
    assertThat(one.ask(KEY, given -> given.contains("replica 2")).given())
        .containsExactly("replica 1", "replica 2");
    assertThat(one.ask("nobody's", given -> false).given())
        .containsExactly("replica 1", "replica 2");
    assertThat(two.asked).hasValue(before + 2);
    assertThat(three.asked).hasValue(2);
  }

  @Test
  void aReplicaWithoutAddressesIsAloneAtNoCost() {
    TestReplica alone = add(TestReplica.create("alone", ports[0]));
    alone.presence.hold(KEY);
    assertThat(alone.peers.isRunning()).isFalse();
    assertThat(alone.ask(KEY, given -> false)).isEqualTo(new Answers<>(List.of(), false));
    assertThat(alone.meters.getMeters()).isEmpty();
  }

  @Test
  void aReplicaNeverAsksItself() {
    TestReplica one = replica(0);
    TestReplica two = add(TestReplica.withoutPort("replica 1", ports[1], all));
    awaitKnown(one, 1);
    awaitKnown(two, 1);
    one.presence.hold(KEY);
    two.presence.hold(KEY);
    awaitHolder(one, "replica 1");
    awaitHolder(two, "replica 0");
    one.asked.set(0);
    assertThat(one.ask(KEY, given -> false).given()).containsExactly("replica 1");
    assertThat(one.asked).hasValue(0);
  }

  @Test
  void aReplicaThatNobodyNamesIsKnownAsSoonAsItWatches() {
    TestReplica one = add(TestReplica.create("replica 0", ports[0], at(ports[0])));
    TestReplica two = add(TestReplica.create("replica 1", ports[1], at(ports[0])));
    two.presence.hold(KEY);
    awaitHolder(one, "replica 1");
    two.close();
    Await.until("gone", () -> one.known() + one.outOfReach() == 0);
  }

  @Test
  void aBrokenWatchIsOpenedAnewAndMissesNothing() {
    TestReplica one = replica(0);
    TestReplica two = replica(1);
    two.presence.hold("early");
    awaitKnown(one, 1);
    for (int i = 0; i < 3; i++) {
      two.server
          .liveStreams()
          .endAll(PrismException.of(CallReason.OVERLOADED, "the connection breaks"));
      String key = "later/" + i;
      two.presence.hold(key);
      Await.until(
          "the key", () -> one.ask(key, given -> true).given().equals(List.of("replica 1")));
      awaitKnown(one, 1);
    }
    two.presence.release("early");
    Await.until("released", () -> one.ask("early", given -> true).given().isEmpty());
  }

  @Test
  void whatAKilledReplicaHeldIsMissingForAWhileAndThenForgotten() {
    TestReplica two = replica(1);
    two.presence.hold(KEY);
    TestReplica one = replica(0);
    // Not only asked because nothing is known of it yet.
    awaitKnown(one, 1);
    awaitHolder(one, "replica 1");
    two.close();
    Await.until("it is missed", () -> one.ask(KEY).holderMissing());
    assertThat(one.ask("another key").holderMissing()).isFalse();
    Await.until("it is forgotten", () -> !one.ask(KEY).holderMissing());
    TestReplica again = replica(1);
    awaitKnown(one, 1);
    awaitNoHolder(one);
    again.presence.hold(KEY);
    awaitHolder(one, "replica 1");
  }

  @Test
  void aDrainedReplicaIsNotMissed() {
    TestReplica one = replica(0);
    TestReplica two = replica(1);
    two.presence.hold(KEY);
    awaitHolder(one, "replica 1");
    two.server.liveStreams().close(PrismException.of(CallReason.DRAINING, "stopping"));
    awaitKnown(one, 0);
    two.answering = false;
    assertThat(one.ask(KEY).holderMissing()).isFalse();
  }

  @Test
  void aReplicaThatDoesNotAnswerCostsTheTimeLimitAndNoMore() {
    TestReplica one = replica(0);
    TestReplica two = replica(1);
    TestReplica three = replica(2);
    two.presence.hold(KEY);
    three.presence.hold(KEY);
    Await.until("both", () -> one.ask(KEY).given().size() == 2);
    two.answering = false;
    long begin = System.nanoTime();
    Answers<String> answers = one.ask(KEY);
    assertThat(answers).isEqualTo(new Answers<>(List.of("replica 2"), true));
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(400), Duration.ofMillis(2000));
  }

  @Test
  void aReplicaThatIsSilentIsOutOfReach() {
    // It is not started, so it does not beat.
    TestReplica silent = TestReplica.create("silent", ports[1], all);
    replicas.add(silent);
    TestReplica one = replica(0);
    awaitKnown(one, 1);
    Await.until("silence is noticed", () -> one.known() == 0);
    awaitKnown(one, 1);
  }

  @Test
  void onlyInstancesOfTheDeploymentMayWatchAndAsk() {
    TestReplica one = replica(0);
    one.presence.hold(KEY);
    Received<WatchResponse> received = new Received<>();
    PeerServiceGrpc.newStub(one.server.channel())
        .watch(WatchRequest.getDefaultInstance(), received);
    assertThat(Failures.reasonOf(received.awaitFailure()))
        .isEqualTo(CallReason.INTERNAL_CREDENTIALS_INVALID.name());
    assertThat(received.messages()).isEmpty();
    PeerServiceGrpc.newStub(one.server.channel("test", "*:admin"))
        .watch(WatchRequest.getDefaultInstance(), received);
    TestReplica stranger = add(TestReplica.stranger("stranger", ports[1], all));
    Await.until("it tries", () -> stranger.outOfReach() > 0);
    assertThat(stranger.ask(KEY).given()).isEmpty();
    assertThat(one.asked).hasValue(0);
    assertThat(one.presence.watchers()).isEmpty();
  }

  @Test
  void anAddressWithoutAPortIsRefusedAtTheStart() {
    assertThatThrownBy(() -> TestReplica.create("replica", 0, "prism-queue-peers"))
        .hasMessage("prism.peer.addresses: 'prism-queue-peers' (expected: host:port)");
  }
}
