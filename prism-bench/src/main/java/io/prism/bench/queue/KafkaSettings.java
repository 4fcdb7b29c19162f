package io.prism.bench.queue;

import io.prism.bench.scenario.Bench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** Kafka's own clients, set up like those inside queue-svc. */
final class KafkaSettings {
  private static final String FILE = "prism-queue.yml";

  private KafkaSettings() {}

  /** A producer with the linger, batch and buffer that queue-svc has, and its promises. */
  static KafkaProducer<byte[], byte[]> producer(Bench bench) throws InterruptedException {
    Map<String, Object> settings = new HashMap<>(ofQueueService().buildProducerProperties());
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bench.deployment().kafka().address());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return bench.closeLater(
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /** A consumer as Kafka's defaults make it, in no group. */
  static KafkaConsumer<byte[], byte[]> consumer(String address) {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            address,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static KafkaProperties ofQueueService() {
    StandardEnvironment environment = new StandardEnvironment();
    try {
      new YamlPropertySourceLoader()
          .load(FILE, new ClassPathResource(FILE))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE, e);
    }
    return Binder.get(environment).bindOrCreate("spring.kafka", KafkaProperties.class);
  }
}
