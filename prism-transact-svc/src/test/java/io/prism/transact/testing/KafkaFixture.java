package io.prism.transact.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** One real broker for all tests of this JVM, and a plain consumer of it. */
public final class KafkaFixture {

  private static @Nullable EmbeddedKafkaKraftBroker broker;

  private KafkaFixture() {}

  /** The address of the broker, which is started when it is first asked for. */
  public static synchronized String bootstrapServers() {
    EmbeddedKafkaKraftBroker running = broker;
    if (running == null) {
      running = new EmbeddedKafkaKraftBroker(1, 1);
      running.brokerProperties(
          Map.of(
              "auto.create.topics.enable", "false",
              "offsets.topic.num.partitions", "1",
              "transaction.state.log.num.partitions", "1",
              "log.cleaner.dedupe.buffer.size", "2097152"));
      running.afterPropertiesSet();
      Runtime.getRuntime().addShutdownHook(new Thread(running::destroy));
      broker = running;
    }
    return running.getBrokersAsString();
  }

  /** All records of a topic, in the order of their partitions; empty when there is no topic. */
  public static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers(), "enable.auto.commit", false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      if (!consumer.listTopics().containsKey(topic)) {
        return List.of();
      }
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }
}
