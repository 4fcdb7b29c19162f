package io.prism.queue.grpc;

import io.prism.config.v1.QueueConfig;
import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.Origin;
import io.prism.queue.domain.QueueDefaults;
import io.prism.queue.domain.SubscriptionRequest;
import io.prism.queue.domain.SubscriptionRequest.Redelivery;
import io.prism.queue.domain.TopicName;
import io.prism.queue.domain.TopicSettings;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.auth.Session;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;

/**
 * What a session's configuration says about queues, over the defaults.
 *
 * @param session the session of the current call
 * @param defaults of the deployment
 */
record SessionSettings(Session session, QueueDefaults defaults) {

  TopicName topic(String name) {
    return TopicName.of("topic", session.namespace(), name);
  }

  GroupName group(String name) {
    return GroupName.of(session.namespace(), name);
  }

  Origin origin() {
    return new Origin(session.clientId(), session.id());
  }

  TopicSettings topics() {
    QueueConfig config = session.config().getQueue();
    int partitions = config.getPartitions() > 0 ? config.getPartitions() : defaults.partitions();
    Duration retention =
        config.hasRetention() ? QueueProtos.duration(config.getRetention()) : defaults.retention();
    return new TopicSettings(Math.min(partitions, defaults.maxPartitions()), retention);
  }

  /** What a Subscribe asks for. */
  SubscriptionRequest subscription(SubscribeRequest request) {
    TopicName topic = topic(request.getTopic());
    GroupName group =
        request.getConsumerGroup().isEmpty() ? null : group(request.getConsumerGroup());
    Redelivery redelivery = redelivery(request, topic);
    // A reader that states nothing commits nothing and need not acknowledge, so nothing holds it
    // up.
    boolean windowed = group != null || request.hasMaxMessages() || redelivery.ackTimeout() != null;
    return new SubscriptionRequest(
        session.id(),
        topic,
        topics(),
        group,
        QueueProtos.start(request),
        window(request),
        windowed,
        redelivery);
  }

  private int window(SubscribeRequest request) {
    if (!request.hasMaxMessages()) {
      return defaults.window();
    }
    int asked = request.getMaxMessages();
    if (asked < 1) {
      throw PrismException.invalid("max_messages", asked + " (expected: 1 or more)");
    }
    if (asked > defaults.maxWindow()) {
      String what = asked + " (expected: at most " + defaults.maxWindow() + ")";
      throw PrismException.because(CallReason.LIMIT_EXCEEDED, "max_messages: " + what)
          .violation("max_messages", what)
          .with("limit", Integer.toString(defaults.maxWindow()))
          .build();
    }
    return asked;
  }

  private Redelivery redelivery(SubscribeRequest request, TopicName topic) {
    QueueConfig config = session.config().getQueue();
    Duration timeout = null;
    if (request.hasTimeout()) {
      timeout = QueueProtos.duration(request.getTimeout());
      if (!timeout.isPositive()) {
        throw PrismException.invalid("timeout", timeout + " (expected: more than zero)");
      }
    } else if (config.hasAckTimeout()) {
      timeout = QueueProtos.duration(config.getAckTimeout());
    }
    return new Redelivery(
        timeout,
        config.getMaxDeliveryAttempts() > 0
            ? config.getMaxDeliveryAttempts()
            : defaults.maxDeliveryAttempts(),
        config.getDeadLetterTopic().isEmpty()
            ? topic.deadLetter()
            : TopicName.of("dead_letter_topic", session.namespace(), config.getDeadLetterTopic()));
  }
}
