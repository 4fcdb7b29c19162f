package io.prism.pubsub.grpc;

import io.prism.pubsub.domain.Replicas;
import io.prism.pubsub.domain.SubscriptionInfo;
import io.prism.pubsub.internal.v1.EndSubscriptionRequest;
import io.prism.pubsub.internal.v1.EndSubscriptionResponse;
import io.prism.pubsub.internal.v1.ListSubscriptionsRequest;
import io.prism.pubsub.internal.v1.ListSubscriptionsResponse;
import io.prism.pubsub.internal.v1.PubSubPeerServiceGrpc;
import io.prism.starter.peer.Peers;
import io.prism.starter.peer.Presence;
import java.util.List;
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
  public void announce(String sessionId) {
    presence.hold(key(sessionId));
  }

  @Override
  public void withdraw(String sessionId) {
    presence.release(key(sessionId));
  }

  private static String key(String sessionId) {
    return "session/" + sessionId;
  }

  @Override
  public CompletableFuture<Ending> end(String sessionId, String subscriptionId) {
    EndSubscriptionRequest request =
        EndSubscriptionRequest.newBuilder()
            .setSessionId(sessionId)
            .setSubscriptionId(subscriptionId)
            .build();
    return peers
        .<EndSubscriptionResponse>ask(
            key(sessionId),
            channel -> PubSubPeerServiceGrpc.newFutureStub(channel).endSubscription(request),
            PeerReplicas::hasEnded)
        .thenApply(answers -> new Ending(hasEnded(answers.given()), answers.holderMissing()));
  }

  private static boolean hasEnded(List<EndSubscriptionResponse> given) {
    return given.stream().anyMatch(EndSubscriptionResponse::getEnded);
  }

  /** All are asked: a stream may have begun a moment ago at one that is not known to have any. */
  @Override
  public CompletableFuture<Listing> list(String sessionId) {
    ListSubscriptionsRequest request =
        ListSubscriptionsRequest.newBuilder().setSessionId(sessionId).build();
    return peers
        .<ListSubscriptionsResponse>ask(
            key(sessionId),
            channel -> PubSubPeerServiceGrpc.newFutureStub(channel).listSubscriptions(request),
            given -> false)
        .thenApply(answers -> new Listing(subscriptions(answers.given()), answers.holderMissing()));
  }

  private static List<SubscriptionInfo> subscriptions(List<ListSubscriptionsResponse> given) {
    return given.stream()
        .flatMap(answer -> answer.getSubscriptionsList().stream())
        .map(PubSubProtos::info)
        .toList();
  }
}
