package io.prism.starter.testing;

import io.grpc.stub.StreamObserver;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.GetTopicInfoResponse;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A queue service whose handlers a test gives; by default Publish echoes the topic. */
public final class TestQueue extends QueueServiceGrpc.QueueServiceImplBase {

  private final AtomicInteger published = new AtomicInteger();
  private volatile BiConsumer<PublishRequest, StreamObserver<PublishResponse>> onPublish =
      (request, response) -> {
        response.onNext(PublishResponse.newBuilder().setMessageId(request.getTopic()).build());
        response.onCompleted();
      };
  private volatile BiConsumer<SubscribeRequest, StreamObserver<Message>> onSubscribe =
      (request, response) -> {};

  public TestQueue onPublish(BiConsumer<PublishRequest, StreamObserver<PublishResponse>> handler) {
    onPublish = handler;
    return this;
  }

  public TestQueue onSubscribe(BiConsumer<SubscribeRequest, StreamObserver<Message>> handler) {
    onSubscribe = handler;
    return this;
  }

  /** How many calls of Publish reached the handler. */
  public int published() {
    return published.get();
  }

  @Override
  public void publish(PublishRequest request, StreamObserver<PublishResponse> response) {
    published.incrementAndGet();
    onPublish.accept(request, response);
  }

  @Override
  public void subscribe(SubscribeRequest request, StreamObserver<Message> response) {
    onSubscribe.accept(request, response);
  }

  @Override
  public void getTopicInfo(
      GetTopicInfoRequest request, StreamObserver<GetTopicInfoResponse> response) {
    response.onNext(GetTopicInfoResponse.newBuilder().setTopic(request.getTopic()).build());
    response.onCompleted();
  }
}
