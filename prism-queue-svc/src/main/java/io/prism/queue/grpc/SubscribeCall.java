package io.prism.queue.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.queue.domain.ReceivedMessage;
import io.prism.queue.domain.Sink;
import io.prism.queue.domain.Subscriber;
import io.prism.queue.domain.Subscription;
import io.prism.queue.domain.SubscriptionRequest;
import io.prism.queue.v1.Message;
import io.prism.starter.call.EarlyHeaders;
import io.prism.starter.call.OutboundStream;

/** One Subscribe: a subscription and the stream that it delivers to. */
final class SubscribeCall implements Sink, OutboundStream.Events {

  private final OutboundStream<Message> stream;
  private final EarlyHeaders headers;
  private final MessageEncoder encoder;
  private final Subscription subscription;

  private SubscribeCall(
      Subscriber subscriber, SubscriptionRequest request, OutboundStream<Message> stream) {
    this.stream = stream;
    this.headers = EarlyHeaders.current();
    this.encoder = new MessageEncoder(request.topic());
    this.subscription = subscriber.subscribe(request, this);
  }

  /**
   * Starts the subscription; returns at once.
   *
   * @throws io.prism.starter.error.PrismException when it cannot be started
   */
  static void start(
      Subscriber subscriber, SubscriptionRequest request, StreamObserver<Message> response) {
    OutboundStream<Message> stream = OutboundStream.of(response);
    stream.listen(new SubscribeCall(subscriber, request, stream));
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
  public void open() {
    headers.send();
  }

  @Override
  public boolean isReady() {
    return stream.isReady() && !stream.isEnded();
  }

  @Override
  public void send(ReceivedMessage message) {
    stream.send(encoder.encode(message));
  }

  @Override
  public void fail(Throwable failure) {
    stream.fail(failure);
  }
}
