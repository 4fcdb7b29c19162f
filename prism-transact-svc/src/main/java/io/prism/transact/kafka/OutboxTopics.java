package io.prism.transact.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes topics that are not there yet. */
final class OutboxTopics {

  private static final int LIMIT_SECONDS = 30;

  private final Admin admin;
  private final int partitions;
  private final short replicationFactor;
  private final int maxMessageBytes;

  OutboxTopics(Admin admin, int partitions, short replicationFactor, int maxMessageBytes) {
    this.admin = admin;
    this.partitions = partitions;
    this.replicationFactor = replicationFactor;
    this.maxMessageBytes = maxMessageBytes;
  }

  void ensure(String topic) throws ExecutionException, InterruptedException, TimeoutException {
    if (admin.listTopics().names().get(LIMIT_SECONDS, TimeUnit.SECONDS).contains(topic)) {
      return;
    }
    try {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, partitions, replicationFactor)
                      .configs(
                          Map.of(
                              TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                              Integer.toString(maxMessageBytes)))))
          .all()
          .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }
}
