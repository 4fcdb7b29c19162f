package io.prism.bench.pubsub;

import com.google.protobuf.UnsafeByteOperations;
import io.nats.client.Connection;
import io.prism.bench.client.Deliveries;
import io.prism.bench.client.UnaryCall;
import io.prism.bench.deployment.Service;
import io.prism.bench.load.Operation;
import io.prism.bench.scenario.Bench;
import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.PublishRequest;
import io.prism.pubsub.v1.PublishResponse;

/** One event at a time, in both ways; what ends an attempt is its receipt. */
final class Publishing {
  private Publishing() {}

  /** A unary Publish. */
  static Operation throughPrism(Bench bench, String topic, Deliveries deliveries)
      throws InterruptedException {
    UnaryCall<PublishRequest, PublishResponse> call =
        new UnaryCall<>(
            bench.client(Service.PUBSUB).channel(), PubSubServiceGrpc.getPublishMethod());
    return attempt ->
        call.startWith(
            PublishRequest.newBuilder()
                .setTopic(topic)
                .setPayload(UnsafeByteOperations.unsafeWrap(deliveries.payload(attempt)))
                .build(),
            attempt);
  }

  /** A publish by NATS's own client. */
  static Operation directly(Bench bench, String topic, Deliveries deliveries)
      throws InterruptedException {
    Connection connection = NatsSide.connect(bench);
    String subject = NatsSide.subject(topic);
    return attempt -> connection.publish(subject, deliveries.payload(attempt));
  }
}
