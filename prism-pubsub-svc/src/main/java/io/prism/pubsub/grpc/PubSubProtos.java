package io.prism.pubsub.grpc;

import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Durations;
import io.prism.pubsub.domain.Event;
import io.prism.pubsub.domain.GroupName;
import io.prism.pubsub.domain.Interest;
import io.prism.pubsub.domain.Publisher.Published;
import io.prism.pubsub.domain.SubscriptionInfo;
import io.prism.pubsub.domain.SubscriptionRequest;
import io.prism.pubsub.domain.TopicPattern;
import io.prism.pubsub.v1.PublishResponse;
import io.prism.pubsub.v1.SubscribeRequest;
import io.prism.pubsub.v1.Subscription;
import io.prism.pubsub.v1.SubscriptionOptions;
import io.prism.starter.auth.Session;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Between the messages of the wire and the domain. */
final class PubSubProtos {

  private PubSubProtos() {}

  static SubscriptionRequest request(Session session, SubscribeRequest request) {
    TopicPattern pattern =
        TopicPattern.of("topic_pattern", session.namespace(), request.getTopicPattern());
    GroupName group =
        request.hasQueueGroup() ? GroupName.of(session.namespace(), request.getQueueGroup()) : null;
    SubscriptionOptions options = request.getOptions();
    return new SubscriptionRequest(
        session.id(), new Interest(pattern, group), maxMessages(options), maxDuration(options));
  }

  private static @Nullable Integer maxMessages(SubscriptionOptions options) {
    if (!options.hasMaxMessages()) {
      return null;
    }
    if (options.getMaxMessages() < 1) {
      throw PrismException.invalid(
          "options.max_messages", options.getMaxMessages() + " (expected: 1 or more)");
    }
    return options.getMaxMessages();
  }

  private static @Nullable Duration maxDuration(SubscriptionOptions options) {
    if (!options.hasMaxDuration()) {
      return null;
    }
    com.google.protobuf.Duration limit = options.getMaxDuration();
    if (!Durations.isValid(limit) || !Durations.isPositive(limit)) {
      throw PrismException.invalid(
          "options.max_duration",
          limit.getSeconds() + " s " + limit.getNanos() + " ns (expected: more than zero)");
    }
    return Duration.ofSeconds(limit.getSeconds(), limit.getNanos());
  }

  static PublishResponse response(Published published) {
    return PublishResponse.newBuilder()
        .setEventId(published.eventId())
        .setPublishedAt(timestamp(published.at()))
        .setSubscriberCount(published.subscribers())
        .build();
  }

  /** The event on the wire; its payload is not copied. */
  static io.prism.pubsub.v1.Event event(String subscriptionId, Event event) {
    io.prism.pubsub.v1.Event.Builder encoded =
        io.prism.pubsub.v1.Event.newBuilder()
            .setEventId(event.id())
            .setTopic(event.topic())
            .setPayload(UnsafeByteOperations.unsafeWrap(event.payload()))
            .setTimestamp(timestamp(event.timestamp()))
            .setSubscriptionId(subscriptionId);
    if (!event.metadata().isEmpty()) {
      encoded.putAllMetadata(event.metadata());
    }
    String correlationId = event.correlationId();
    if (correlationId != null) {
      encoded.setCorrelationId(correlationId);
    }
    String replyTo = event.replyTo();
    if (replyTo != null) {
      encoded.setReplyTo(replyTo);
    }
    return encoded.build();
  }

  static Subscription subscription(SubscriptionInfo info) {
    Subscription.Builder subscription =
        Subscription.newBuilder()
            .setSubscriptionId(info.id())
            .setTopicPattern(info.pattern())
            .setCreatedAt(timestamp(info.createdAt()))
            .setMessagesReceived(info.received())
            .setActive(info.active());
    String group = info.group();
    if (group != null) {
      subscription.setQueueGroup(group);
    }
    return subscription.build();
  }

  static SubscriptionInfo info(Subscription subscription) {
    Timestamp createdAt = subscription.getCreatedAt();
    return new SubscriptionInfo(
        subscription.getSubscriptionId(),
        subscription.getTopicPattern(),
        subscription.hasQueueGroup() ? subscription.getQueueGroup() : null,
        Instant.ofEpochSecond(createdAt.getSeconds(), createdAt.getNanos()),
        subscription.getMessagesReceived(),
        subscription.getActive());
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
