package io.prism.local.demo;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.AcknowledgeResponse;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.GetTopicInfoResponse;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.StartPosition;
import io.prism.queue.v1.SubscribeRequest;
import java.util.concurrent.TimeUnit;

/** RFC-002 §3.4: subscribe in a group, publish with a key, acknowledge what was processed. */
final class QueueDemo {

  private static final String TOPIC = "events";
  private static final String GROUP = "processors";
  private static final String[] EVENTS = {"signed-up", "bought-a-book", "signed-out"};

  private final Narrator narrator;
  private final String token;
  private final QueueServiceGrpc.QueueServiceBlockingStub queue;
  private final ManagedChannel channel;

  QueueDemo(ManagedChannel channel, Narrator narrator, String token) {
    this.channel = channel;
    this.narrator = narrator;
    this.token = token;
    this.queue = QueueServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  void run() throws InterruptedException {
    narrator.title("Queue (RFC-002 §3.4)");
    try (Subscription<Message> subscription =
        Subscription.open(channel, QueueServiceGrpc.getSubscribeMethod(), latestOf())) {
      narrator.step("Subscribe", "topic %s, group %s, from LATEST".formatted(TOPIC, GROUP));
      for (String event : EVENTS) {
        publish(event);
      }
      for (String event : EVENTS) {
        receive(subscription, event);
      }
    }
    GetTopicInfoResponse info =
        queue.getTopicInfo(
            GetTopicInfoRequest.newBuilder().setSessionToken(token).setTopic(TOPIC).build());
    narrator.step(
        "GetTopicInfo",
        "%d messages in %d partitions".formatted(info.getMessageCount(), info.getPartitionCount()));
  }

  private SubscribeRequest latestOf() {
    return SubscribeRequest.newBuilder()
        .setSessionToken(token)
        .setTopic(TOPIC)
        .setConsumerGroup(GROUP)
        .setPosition(StartPosition.START_POSITION_LATEST)
        .build();
  }

  private void publish(String event) {
    PublishResponse published =
        queue.publish(
            PublishRequest.newBuilder()
                .setSessionToken(token)
                .setTopic(TOPIC)
                .setPayload(ByteString.copyFromUtf8(event))
                .putHeaders("content-type", "text/plain")
                .setPartitionKey("user-42")
                .build());
    narrator.step(
        "Publish",
        "%s to partition %d at offset %d"
            .formatted(event, published.getPartition(), published.getOffset()));
  }

  private void receive(Subscription<Message> subscription, String expected)
      throws InterruptedException {
    Message message = subscription.next();
    String payload = message.getPayload().toStringUtf8();
    if (!payload.equals(expected)) {
      throw new UnexpectedOutcome("received " + payload + " (expected: " + expected + ")");
    }
    AcknowledgeResponse acknowledged =
        queue.acknowledge(
            AcknowledgeRequest.newBuilder()
                .setSessionToken(token)
                .addMessageIds(message.getMessageId())
                .build());
    if (acknowledged.getAcknowledgedCount() != 1) {
      throw new UnexpectedOutcome("could not acknowledge " + message.getMessageId());
    }
    narrator.step("Message, Acknowledge", "%s as %s".formatted(payload, message.getMessageId()));
  }
}
