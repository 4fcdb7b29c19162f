package io.prism.queue.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** One real broker for all tests of this JVM, and Kafka's own clients on it. */
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
              "group.initial.rebalance.delay.ms", "0",
              "offsets.topic.num.partitions", "4",
              "offsets.topic.replication.factor", "1",
              "transaction.state.log.num.partitions", "1",
              "auto.create.topics.enable", "false",
              "log.cleaner.dedupe.buffer.size", "2097152"));
      running.afterPropertiesSet();
      Runtime.getRuntime().addShutdownHook(new Thread(running::destroy));
      broker = running;
    }
    return running.getBrokersAsString();
  }

  public static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  }

  public static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** A plain consumer without a group. */
  public static KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrapServers());
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", false);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** All records of a topic, as a plain consumer sees them. */
  public static List<ConsumerRecord<byte[], byte[]>> read(String storedTopic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(storedTopic).stream()
              .map(info -> new TopicPartition(storedTopic, info.partition()))
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

  /** Publishes texts by a plain producer, into one partition. */
  public static void write(String storedTopic, int partition, String... texts) {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (String text : texts) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    storedTopic, partition, null, text.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  /** The committed offsets of a group by partition number. */
  public static Map<Integer, Long> committed(String storedGroup, String storedTopic) {
    return committed(bootstrapServers(), storedGroup, storedTopic);
  }

  /** The same of another broker. */
  static Map<Integer, Long> committed(
      String bootstrapServers, String storedGroup, String storedTopic) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      Map<Integer, Long> offsets = new HashMap<>();
      Map<TopicPartition, OffsetAndMetadata> found =
          admin.listConsumerGroupOffsets(storedGroup).partitionsToOffsetAndMetadata().get();
      found.forEach(
          (partition, offset) -> {
            if (offset != null && partition.topic().equals(storedTopic)) {
              offsets.put(partition.partition(), offset.offset());
            }
          });
      return offsets;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many members a group has. */
  public static int members(String storedGroup) {
    try (Admin admin = admin()) {
      return admin.describeConsumerGroups(List.of(storedGroup)).all().get().values().stream()
          .mapToInt(group -> group.members().size())
          .sum();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A setting of a topic. */
  public static String setting(String storedTopic, String name) {
    try (Admin admin = admin()) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, storedTopic);
      return admin.describeConfigs(List.of(resource)).all().get().values().stream()
          .map(config -> config.get(name).value())
          .findFirst()
          .orElseThrow();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
