package io.prism.local.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a plain client puts into a topic of one partition, and finds there again. */
public final class KafkaRecords {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private KafkaRecords() {}

  /** Returns once the broker has acknowledged the record. */
  public static void append(String server, String topic, String value) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", server))) {
      if (!admin.listTopics().names().get(LIMIT.toSeconds(), TimeUnit.SECONDS).contains(topic)) {
        admin
            .createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
            .all()
            .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
    Map<String, Object> settings = Map.of("bootstrap.servers", server, "acks", "all");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, value)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  public static List<String> read(String server, String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", server),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = requireNonNull(consumer.endOffsets(List.of(partition), LIMIT).get(partition));
      List<String> values = new ArrayList<>();
      while (consumer.position(partition, LIMIT) < end) {
        consumer.poll(LIMIT).forEach(record -> values.add(record.value()));
      }
      return values;
    }
  }
}
