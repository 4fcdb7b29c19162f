package io.prism.pubsub.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.pubsub.domain.Subscriptions;
import io.prism.pubsub.internal.v1.EndSubscriptionRequest;
import io.prism.pubsub.internal.v1.EndSubscriptionResponse;
import io.prism.pubsub.internal.v1.ListSubscriptionsRequest;
import io.prism.pubsub.internal.v1.ListSubscriptionsResponse;
import io.prism.pubsub.internal.v1.PubSubPeerServiceGrpc;
import org.springframework.stereotype.Component;

/** What this replica does for others: its own streams' part of a call. Nothing is passed on. */
@Component
final class PubSubPeerGrpcService extends PubSubPeerServiceGrpc.PubSubPeerServiceImplBase {

  private final Subscriptions subscriptions;

  PubSubPeerGrpcService(Subscriptions subscriptions) {
    this.subscriptions = subscriptions;
  }

  @Override
  public void endSubscription(
      EndSubscriptionRequest request, StreamObserver<EndSubscriptionResponse> response) {
    boolean ended = subscriptions.end(request.getSessionId(), request.getSubscriptionId());
    response.onNext(EndSubscriptionResponse.newBuilder().setEnded(ended).build());
    response.onCompleted();
  }

  @Override
  public void listSubscriptions(
      ListSubscriptionsRequest request, StreamObserver<ListSubscriptionsResponse> response) {
    response.onNext(
        ListSubscriptionsResponse.newBuilder()
            .addAllSubscriptions(
                subscriptions.list(request.getSessionId()).stream()
                    .map(PubSubProtos::subscription)
                    .toList())
            .build());
    response.onCompleted();
  }
}
