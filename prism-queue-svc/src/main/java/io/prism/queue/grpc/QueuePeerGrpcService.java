package io.prism.queue.grpc;

import io.grpc.stub.StreamObserver;
import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.GroupPositions;
import io.prism.queue.domain.Subscriptions;
import io.prism.queue.domain.TopicName;
import io.prism.queue.internal.v1.ChangeDeliveriesRequest;
import io.prism.queue.internal.v1.ChangeDeliveriesResponse;
import io.prism.queue.internal.v1.ChangePositionsRequest;
import io.prism.queue.internal.v1.ChangePositionsResponse;
import io.prism.queue.internal.v1.QueuePeerServiceGrpc;
import io.prism.starter.call.Answers;
import org.springframework.stereotype.Component;

/** What this replica does for others: its own streams' part of a call. Nothing is passed on. */
@Component
final class QueuePeerGrpcService extends QueuePeerServiceGrpc.QueuePeerServiceImplBase {

  private final Subscriptions subscriptions;
  private final GroupPositions positions;

  QueuePeerGrpcService(Subscriptions subscriptions, GroupPositions positions) {
    this.subscriptions = subscriptions;
    this.positions = positions;
  }

  @Override
  public void changeDeliveries(
      ChangeDeliveriesRequest request, StreamObserver<ChangeDeliveriesResponse> response) {
    response.onNext(InternalProtos.response(subscriptions.change(InternalProtos.change(request))));
    response.onCompleted();
  }

  @Override
  public void changePositions(
      ChangePositionsRequest request, StreamObserver<ChangePositionsResponse> response) {
    TopicName topic = TopicName.of("topic", request.getNamespace(), request.getTopic());
    GroupName group = GroupName.of(request.getNamespace(), request.getConsumerGroup());
    Answers.send(
        positions
            .changeHere(InternalProtos.kind(request), topic, group, request.getPositionsMap())
            .thenApply(
                changed -> ChangePositionsResponse.newBuilder().putAllPositions(changed).build()),
        response);
  }
}
