package io.prism.queue.grpc;

import io.prism.config.v1.QueueConfig;
import io.prism.queue.domain.Origin;
import io.prism.queue.domain.QueueDefaults;
import io.prism.queue.domain.TopicName;
import io.prism.queue.domain.TopicSettings;
import io.prism.starter.auth.Session;
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

  Origin origin() {
    return new Origin(session.clientId(), session.id());
  }

  TopicSettings topics() {
    QueueConfig config = session.config().getQueue();
    int partitions = config.getPartitions() > 0 ? config.getPartitions() : defaults.partitions();
    Duration retention =
        config.hasRetention()
            ? Duration.ofSeconds(
                config.getRetention().getSeconds(), config.getRetention().getNanos())
            : defaults.retention();
    return new TopicSettings(Math.min(partitions, defaults.maxPartitions()), retention);
  }
}
