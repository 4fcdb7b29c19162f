package io.prism.pubsub.testing;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.prism.pubsub.v1.ListSubscriptionsRequest;
import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.PubSubServiceGrpc.PubSubServiceBlockingStub;
import io.prism.pubsub.v1.PublishRequest;
import io.prism.pubsub.v1.PublishResponse;
import io.prism.pubsub.v1.SubscribeRequest;
import io.prism.pubsub.v1.Subscription;
import io.prism.pubsub.v1.UnsubscribeRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client's connection, by which a session calls. */
public record Client(ManagedChannel channel) {

  public PubSubServiceBlockingStub pubsub() {
    return PubSubServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  public static PublishRequest.Builder event(String topic, String payload) {
    return PublishRequest.newBuilder().setTopic(topic).setPayload(ByteString.copyFromUtf8(payload));
  }

  public static SubscribeRequest.Builder pattern(String pattern) {
    return SubscribeRequest.newBuilder().setTopicPattern(pattern);
  }

  public PublishResponse publish(String topic, String payload) {
    return pubsub().publish(event(topic, payload).build());
  }

  /** Subscribes outside groups, and waits until that is live. */
  public TestStream subscribe(String pattern) {
    return TestStream.open(this, pattern(pattern).build());
  }

  /** Subscribes as a member of a group, and waits until that is live. */
  public TestStream join(String group, String pattern) {
    return TestStream.open(this, pattern(pattern).setQueueGroup(group).build());
  }

  public boolean unsubscribe(String subscriptionId) {
    return pubsub()
        .unsubscribe(UnsubscribeRequest.newBuilder().setSubscriptionId(subscriptionId).build())
        .getSuccess();
  }

  public List<Subscription> list() {
    return pubsub()
        .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
        .getSubscriptionsList();
  }
}
