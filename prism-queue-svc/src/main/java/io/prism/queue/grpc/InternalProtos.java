package io.prism.queue.grpc;

import com.google.protobuf.ByteString;
import io.prism.queue.domain.DeliveryChange;
import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.MessageId;
import io.prism.queue.domain.PositionChange.Kind;
import io.prism.queue.domain.TopicName;
import io.prism.queue.internal.v1.ChangeDeliveriesRequest;
import io.prism.queue.internal.v1.ChangeDeliveriesResponse;
import io.prism.queue.internal.v1.ChangePositionsRequest;
import io.prism.queue.internal.v1.PositionChangeKind;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;

/** Between the messages that replicas exchange and the domain. */
final class InternalProtos {

  private InternalProtos() {}

  static ChangeDeliveriesRequest request(DeliveryChange change) {
    ChangeDeliveriesRequest.Builder request =
        ChangeDeliveriesRequest.newBuilder().setSessionId(change.sessionId());
    for (MessageId id : change.ids()) {
      request.addMessageIds(id.toString());
    }
    Duration deadline = change.ackDeadline();
    if (deadline != null) {
      request
          .getAckDeadlineBuilder()
          .setSeconds(deadline.getSeconds())
          .setNanos(deadline.getNano());
    }
    return request.build();
  }

  static DeliveryChange change(ChangeDeliveriesRequest request) {
    return new DeliveryChange(
        request.getSessionId(),
        QueueProtos.ids(request.getMessageIdsList()),
        request.hasAckDeadline() ? QueueProtos.duration(request.getAckDeadline()) : null);
  }

  static ChangeDeliveriesResponse response(BitSet changed) {
    return ChangeDeliveriesResponse.newBuilder()
        .setChanged(ByteString.copyFrom(changed.toByteArray()))
        .build();
  }

  static BitSet bits(ChangeDeliveriesResponse response) {
    return BitSet.valueOf(response.getChanged().asReadOnlyByteBuffer());
  }

  static ChangePositionsRequest request(
      Kind kind, TopicName topic, GroupName group, Map<Integer, Long> positions) {
    return ChangePositionsRequest.newBuilder()
        .setNamespace(topic.namespace())
        .setTopic(topic.name())
        .setConsumerGroup(group.name())
        .setKind(
            switch (kind) {
              case COMMIT -> PositionChangeKind.POSITION_CHANGE_KIND_COMMIT;
              case SEEK -> PositionChangeKind.POSITION_CHANGE_KIND_SEEK;
            })
        .putAllPositions(positions)
        .build();
  }

  static Kind kind(ChangePositionsRequest request) {
    return switch (request.getKind()) {
      case POSITION_CHANGE_KIND_COMMIT -> Kind.COMMIT;
      case POSITION_CHANGE_KIND_SEEK -> Kind.SEEK;
      case POSITION_CHANGE_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid(
              "kind", request.getKindValue() + " (expected: COMMIT or SEEK)");
    };
  }
}
