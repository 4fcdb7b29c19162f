package io.prism.transact.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes clients of Kafka for relays: connection and tuning as configured, and on top what order and
 * durability need and nobody may configure away.
 */
public final class OutboxProducers {

  /** The largest message, with its facts. */
  private static final int MAX_REQUEST_BYTES = 5 * 1024 * 1024;

  private final Map<String, Object> producer;
  private final Map<String, Object> admin;

  /**
   * @param producer configured properties of producers
   * @param admin configured properties of the admin client
   * @param timeLimit after which Kafka counts as unreachable
   */
  public OutboxProducers(
      Map<String, Object> producer, Map<String, Object> admin, Duration timeLimit) {
    int limit = Math.toIntExact(timeLimit.toMillis());
    this.producer = new HashMap<>(producer);
    this.producer.putAll(
        Map.of(
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            // Of several in flight, a later one could arrive although an earlier one has failed.
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            limit,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            Math.max(1, limit / 2),
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            (long) limit,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            MAX_REQUEST_BYTES));
    this.admin = new HashMap<>(admin);
    this.admin.putAll(
        Map.of(
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            limit,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            Math.max(1, limit / 2)));
    for (Map<String, Object> config : List.of(this.producer, this.admin)) {
      config.putIfAbsent(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
      config.putIfAbsent(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    }
  }

  int maxMessageBytes() {
    return MAX_REQUEST_BYTES;
  }

  Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer());
  }

  Admin admin() {
    return Admin.create(admin);
  }
}
