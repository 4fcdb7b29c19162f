package io.prism.queue.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes clients of Kafka: connection and tuning as configured, and on top what the contract needs
 * and nobody may configure away.
 */
public final class KafkaClients {

  private static final int FETCH_BYTES = 1024 * 1024;
  private static final int PARTITION_FETCH_BYTES = 256 * 1024;
  private static final int METADATA_MAX_AGE_MILLIS = 30_000;

  private final Map<String, Object> producer;
  private final Map<String, Object> consumer;
  private final Map<String, Object> admin;

  /**
   * @param producer configured properties of producers; likewise the others
   * @param timeLimit after which Kafka counts as unreachable
   * @param maxRequestBytes largest record that is published
   */
  public KafkaClients(
      Map<String, Object> producer,
      Map<String, Object> consumer,
      Map<String, Object> admin,
      Duration timeLimit,
      int maxRequestBytes) {
    int limit = Math.toIntExact(timeLimit.toMillis());
    this.producer = new HashMap<>(producer);
    this.producer.putAll(
        Map.of(
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            limit,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            Math.max(1, limit / 2),
            // send() never blocks, it fails at once: it is called on event loops.
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            0L,
            ProducerConfig.METADATA_MAX_IDLE_CONFIG,
            Duration.ofHours(1).toMillis(),
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            maxRequestBytes));
    this.consumer = new HashMap<>(consumer);
    this.consumer.putAll(
        Map.of(
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            limit,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            CooperativeStickyAssignor.class.getName()));
    // What a stalled subscription holds in memory; a larger message still comes, alone.
    this.consumer.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    // New partitions are read within this time; Kafka's own default is five minutes.
    this.consumer.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MILLIS);
    this.consumer.putIfAbsent(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
    this.admin = new HashMap<>(admin);
    this.admin.putAll(
        Map.of(
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            limit,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            Math.max(1, limit / 2)));
    // Many consumers in one process: their JMX beans would cost more than they do.
    for (Map<String, Object> config : java.util.List.of(this.producer, this.consumer, this.admin)) {
      config.putIfAbsent(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, java.util.List.of());
      config.putIfAbsent(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    }
  }

  Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A consumer that is a member of a group, or of none. */
  Consumer<byte[], byte[]> consumer(@Nullable String group) {
    Map<String, Object> config = new HashMap<>(consumer);
    if (group == null) {
      config.remove(ConsumerConfig.GROUP_ID_CONFIG);
      config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    } else {
      config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
      config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    }
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** The client for topics and groups. */
  public Admin admin() {
    return Admin.create(admin);
  }
}
