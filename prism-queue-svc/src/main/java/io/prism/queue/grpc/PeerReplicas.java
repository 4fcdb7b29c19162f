package io.prism.queue.grpc;

import io.prism.queue.domain.DeliveryChange;
import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.PositionChange.Kind;
import io.prism.queue.domain.Replicas;
import io.prism.queue.domain.SubscriptionRequest;
import io.prism.queue.domain.TopicName;
import io.prism.queue.internal.v1.ChangeDeliveriesResponse;
import io.prism.queue.internal.v1.ChangePositionsRequest;
import io.prism.queue.internal.v1.ChangePositionsResponse;
import io.prism.queue.internal.v1.QueuePeerServiceGrpc;
import io.prism.starter.peer.Peers;
import io.prism.starter.peer.Presence;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** The other replicas, by their internal rpcs. */
@Component
final class PeerReplicas implements Replicas {

  private final Presence presence;
  private final Peers peers;

  PeerReplicas(Presence presence, Peers peers) {
    this.presence = presence;
    this.peers = peers;
  }

  @Override
  public void announce(SubscriptionRequest stream) {
    presence.hold(sessionKey(stream.sessionId()));
    GroupName group = stream.group();
    if (group != null) {
      presence.hold(groupKey(group, stream.topic()));
    }
  }

  @Override
  public void withdraw(SubscriptionRequest stream) {
    presence.release(sessionKey(stream.sessionId()));
    GroupName group = stream.group();
    if (group != null) {
      presence.release(groupKey(group, stream.topic()));
    }
  }

  private static String sessionKey(String sessionId) {
    return "session/" + sessionId;
  }

  private static String groupKey(GroupName group, TopicName topic) {
    return "group/" + group.stored() + '/' + topic.name();
  }

  @Override
  public CompletableFuture<Elsewhere> change(DeliveryChange change, BitSet changedHere) {
    int all = change.ids().size();
    return peers
        .<ChangeDeliveriesResponse>ask(
            sessionKey(change.sessionId()),
            channel ->
                QueuePeerServiceGrpc.newFutureStub(channel)
                    .changeDeliveries(InternalProtos.request(change)),
            given -> merged(changedHere, given).cardinality() == all)
        .thenApply(
            answers ->
                new Elsewhere(merged(new BitSet(), answers.given()), answers.holderMissing()));
  }

  private static BitSet merged(BitSet first, List<ChangeDeliveriesResponse> given) {
    BitSet all = (BitSet) first.clone();
    given.forEach(answer -> all.or(InternalProtos.bits(answer)));
    return all;
  }

  /** Who is not known to have the group is not asked: the caller tries again until all is done. */
  @Override
  public CompletableFuture<Map<Integer, Long>> change(
      Kind kind, TopicName topic, GroupName group, Map<Integer, Long> positions) {
    ChangePositionsRequest request = InternalProtos.request(kind, topic, group, positions);
    return peers
        .<ChangePositionsResponse>ask(
            groupKey(group, topic),
            channel -> QueuePeerServiceGrpc.newFutureStub(channel).changePositions(request),
            given -> true)
        .thenApply(
            answers -> {
              Map<Integer, Long> changed = new HashMap<>();
              answers.given().forEach(answer -> changed.putAll(answer.getPositionsMap()));
              return changed;
            });
  }
}
