package io.prism.pubsub.grpc;

import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import io.prism.pubsub.domain.Event;
import io.prism.pubsub.domain.Sink;
import io.prism.pubsub.domain.Subscription;
import io.prism.pubsub.domain.SubscriptionRequest;
import io.prism.pubsub.domain.Subscriptions;
import io.prism.starter.call.EarlyHeaders;
import io.prism.starter.call.OutboundStream;

/** One Subscribe: a subscription and the stream that it delivers to. */
final class SubscribeCall implements Sink, OutboundStream.Events {

  private static final Metadata.Key<String> SUBSCRIPTION_ID =
      Metadata.Key.of("x-subscription-id", Metadata.ASCII_STRING_MARSHALLER);

  private final OutboundStream<io.prism.pubsub.v1.Event> stream;
  private final EarlyHeaders headers;
  private final Subscription subscription;

  private SubscribeCall(
      Subscriptions subscriptions,
      SubscriptionRequest request,
      OutboundStream<io.prism.pubsub.v1.Event> stream) {
    this.stream = stream;
    this.headers = EarlyHeaders.current();
    this.subscription = subscriptions.open(request, this);
  }

  /**
   * Starts the subscription; returns at once.
   *
   * @throws io.prism.starter.error.PrismException when it cannot be started
   */
  static void start(
      Subscriptions subscriptions,
      SubscriptionRequest request,
      StreamObserver<io.prism.pubsub.v1.Event> response) {
    OutboundStream<io.prism.pubsub.v1.Event> stream = OutboundStream.of(response);
    stream.listen(new SubscribeCall(subscriptions, request, stream));
  }

  @Override
  public void onReady() {
    subscription.drain();
  }

  @Override
  public void onEnd() {
    subscription.end();
  }

  @Override
  public void open(String subscriptionId) {
    Metadata metadata = new Metadata();
    metadata.put(SUBSCRIPTION_ID, subscriptionId);
    headers.send(metadata);
  }

  @Override
  public boolean isReady() {
    return stream.isReady() && !stream.isEnded();
  }

  @Override
  public void send(String subscriptionId, Event event) {
    stream.send(PubSubProtos.event(subscriptionId, event));
  }

  @Override
  public void complete() {
    stream.complete();
  }

  @Override
  public void fail(Throwable failure) {
    stream.fail(failure);
  }
}
