package io.prism.bench.queue;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.prism.bench.client.PrismClient;
import io.prism.bench.scenario.Bench;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic that is there only while it is needed: rounds write gigabytes.
 *
 * @param name as a client of Prism knows it
 */
record BenchTopic(Admin admin, String name) implements AutoCloseable {
  static final int PARTITIONS = 6;

  private static final short REPLICAS = 1;
  private static final int LIMIT_SECONDS = 20;

  /** Makes a topic, which goes with the scenario. */
  static BenchTopic create(Bench bench, String name) throws InterruptedException {
    Map<String, Object> settings =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bench.deployment().kafka().address());
    Admin admin = bench.closeLater(Admin.create(settings));
    BenchTopic topic = bench.closeLater(new BenchTopic(admin, name));
    NewTopic wanted =
        new NewTopic(topic.stored(), PARTITIONS, REPLICAS)
            .configs(Map.of(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "0"));
    done(admin.createTopics(List.of(wanted)).all());
    return topic;
  }

  /** As Kafka knows it. */
  String stored() {
    return PrismClient.NAMESPACE + "." + name;
  }

  List<TopicPartition> partitions() {
    return IntStream.range(0, PARTITIONS)
        .mapToObj(partition -> new TopicPartition(stored(), partition))
        .toList();
  }

  @Override
  public void close() {
    done(admin.deleteTopics(List.of(stored())).all());
  }

  private static void done(KafkaFuture<Void> change) {
    change.toCompletionStage().toCompletableFuture().orTimeout(LIMIT_SECONDS, SECONDS).join();
  }
}
