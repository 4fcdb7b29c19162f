package io.prism.local.demo;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.prism.pubsub.v1.Event;
import io.prism.pubsub.v1.ListSubscriptionsRequest;
import io.prism.pubsub.v1.PubSubServiceGrpc;
import io.prism.pubsub.v1.PublishRequest;
import io.prism.pubsub.v1.PublishResponse;
import io.prism.pubsub.v1.SubscribeRequest;
import io.prism.pubsub.v1.SubscriptionOptions;
import io.prism.pubsub.v1.UnsubscribeRequest;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * RFC-002 §4.4: the events of all users by a wildcard, in a group that shares them; and a request
 * with its reply.
 */
final class PubSubDemo {

  private static final String PATTERN = "events.user.*";
  private static final String GROUP = "processors";

  private final ManagedChannel channel;
  private final Narrator narrator;
  private final String token;
  private final PubSubServiceGrpc.PubSubServiceBlockingStub pubsub;

  PubSubDemo(ManagedChannel channel, Narrator narrator, String token) {
    this.channel = channel;
    this.narrator = narrator;
    this.token = token;
    this.pubsub =
        PubSubServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  void run() throws InterruptedException {
    narrator.title("PubSub (RFC-002 §4.4)");
    wildcard();
    request();
  }

  private void wildcard() throws InterruptedException {
    SubscribeRequest request =
        SubscribeRequest.newBuilder()
            .setSessionToken(token)
            .setTopicPattern(PATTERN)
            .setQueueGroup(GROUP)
            .setOptions(SubscriptionOptions.newBuilder().setAutoAcknowledge(true))
            .build();
    try (Subscription<Event> subscription = subscribe(request)) {
      narrator.step("Subscribe", "pattern %s, group %s".formatted(PATTERN, GROUP));
      publish("events.user.created");
      publish("events.order.created");
      publish("events.user.updated");
      String id = receive(subscription, "events.user.created").getSubscriptionId();
      receive(subscription, "events.user.updated");
      unsubscribe(subscription, id);
    }
  }

  private void publish(String topic) {
    PublishResponse published =
        pubsub.publish(
            PublishRequest.newBuilder()
                .setSessionToken(token)
                .setTopic(topic)
                .setPayload(ByteString.copyFromUtf8("{\"user\":42}"))
                .putMetadata("source", "demo")
                .build());
    narrator.step(
        "Publish", "%s to %d subscribers".formatted(topic, published.getSubscriberCount()));
  }

  private Event receive(Subscription<Event> subscription, String topic)
      throws InterruptedException {
    Event event = subscription.next();
    if (!event.getTopic().equals(topic)) {
      throw new UnexpectedOutcome("received " + event.getTopic() + " (expected: " + topic + ")");
    }
    narrator.step("Event", "%s: %s".formatted(topic, event.getPayload().toStringUtf8()));
    return event;
  }

  private void unsubscribe(Subscription<Event> subscription, String id)
      throws InterruptedException {
    int open =
        pubsub
            .listSubscriptions(ListSubscriptionsRequest.newBuilder().setSessionToken(token).build())
            .getSubscriptionsCount();
    pubsub.unsubscribe(
        UnsubscribeRequest.newBuilder().setSessionToken(token).setSubscriptionId(id).build());
    Status end = subscription.end();
    if (!end.isOk()) {
      throw new UnexpectedOutcome("the subscription ended with " + end);
    }
    narrator.step(
        "ListSubscriptions, Unsubscribe", "%d open, ended with %s".formatted(open, end.getCode()));
  }

  /** One side asks and names an inbox, the other answers to it; here the demo is both. */
  private void request() throws InterruptedException {
    String inbox = "inbox." + UUID.randomUUID();
    String correlation = UUID.randomUUID().toString();
    try (Subscription<Event> service = subscribe(to("prices.quote"));
        Subscription<Event> replies = subscribe(to(inbox))) {
      pubsub.publish(
          PublishRequest.newBuilder()
              .setSessionToken(token)
              .setTopic("prices.quote")
              .setPayload(ByteString.copyFromUtf8("lamp"))
              .setReplyTo(inbox)
              .setCorrelationId(correlation)
              .build());
      Event request = service.next();
      pubsub.publish(
          PublishRequest.newBuilder()
              .setSessionToken(token)
              .setTopic(request.getReplyTo())
              .setPayload(ByteString.copyFromUtf8("39.98"))
              .setCorrelationId(request.getCorrelationId())
              .build());
      Event reply = replies.next();
      if (!reply.getCorrelationId().equals(correlation)) {
        throw new UnexpectedOutcome("a reply to another request: " + reply.getCorrelationId());
      }
      narrator.step(
          "Publish, Event",
          "asked %s for %s, answered %s to the inbox"
              .formatted(
                  request.getTopic(),
                  request.getPayload().toStringUtf8(),
                  reply.getPayload().toStringUtf8()));
    }
  }

  private SubscribeRequest to(String topic) {
    return SubscribeRequest.newBuilder().setSessionToken(token).setTopicPattern(topic).build();
  }

  private Subscription<Event> subscribe(SubscribeRequest request) throws InterruptedException {
    return Subscription.open(channel, PubSubServiceGrpc.getSubscribeMethod(), request);
  }
}
