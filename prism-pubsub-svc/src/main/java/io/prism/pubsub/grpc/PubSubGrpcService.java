package io.prism.pubsub.grpc;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.prism.pubsub.domain.Publisher;
import io.prism.pubsub.domain.SessionSubscriptions;
import io.prism.pubsub.domain.Subscriptions;
import io.prism.pubsub.domain.Topic;
import io.prism.pubsub.v1.Event;
import io.prism.pubsub.v1.ListSubscriptionsRequest;
import io.prism.pubsub.v1.ListSubscriptionsResponse;
import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.PublishRequest;
import io.prism.pubsub.v1.PublishResponse;
import io.prism.pubsub.v1.SubscribeRequest;
import io.prism.pubsub.v1.UnsubscribeRequest;
import io.prism.pubsub.v1.UnsubscribeResponse;
import io.prism.starter.auth.Session;
import io.prism.starter.call.Answers;
import io.prism.starter.call.EarlyHeaders;
import io.prism.starter.call.Payloads;
import io.prism.starter.error.PrismException;
import org.springframework.stereotype.Component;

/** The rpcs of the PubSub service. They run on event loops: nothing here blocks. */
@Component
final class PubSubGrpcService implements BindableService, PubSubServiceGrpc.AsyncService {

  private final Publisher publisher;
  private final Subscriptions subscriptions;
  private final SessionSubscriptions ofSession;

  PubSubGrpcService(
      Publisher publisher, Subscriptions subscriptions, SessionSubscriptions ofSession) {
    this.publisher = publisher;
    this.subscriptions = subscriptions;
    this.ofSession = ofSession;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(
        PubSubServiceGrpc.bindService(this), new EarlyHeaders.Interceptor());
  }

  @Override
  public void publish(PublishRequest request, StreamObserver<PublishResponse> response) {
    String namespace = Session.current().namespace();
    response.onNext(
        PubSubProtos.response(
            publisher.publish(
                Topic.of("topic", namespace, request.getTopic()),
                Payloads.of(request.getPayload()),
                request.getMetadataMap(),
                request.hasCorrelationId() ? request.getCorrelationId() : null,
                request.hasReplyTo()
                    ? Topic.of("reply_to", namespace, request.getReplyTo())
                    : null)));
    response.onCompleted();
  }

  @Override
  public void subscribe(SubscribeRequest request, StreamObserver<Event> response) {
    SubscribeCall.start(subscriptions, PubSubProtos.request(Session.current(), request), response);
  }

  @Override
  public void unsubscribe(
      UnsubscribeRequest request, StreamObserver<UnsubscribeResponse> response) {
    String id = request.getSubscriptionId();
    if (id.isEmpty()) {
      throw PrismException.invalid("subscription_id", "empty (expected: the id of a subscription)");
    }
    Answers.send(
        ofSession
            .end(Session.current().id(), id)
            .thenApply(ended -> UnsubscribeResponse.newBuilder().setSuccess(true).build()),
        response);
  }

  @Override
  public void listSubscriptions(
      ListSubscriptionsRequest request, StreamObserver<ListSubscriptionsResponse> response) {
    Answers.send(
        ofSession
            .list(Session.current().id())
            .thenApply(
                all ->
                    ListSubscriptionsResponse.newBuilder()
                        .addAllSubscriptions(all.stream().map(PubSubProtos::subscription).toList())
                        .build()),
        response);
  }
}
