package io.prism.queue.kafka;

import io.prism.queue.domain.ReceivedMessage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads Kafka's records. */
final class KafkaRecords {

  private static final byte[] NOTHING = new byte[0];

  private KafkaRecords() {}

  static ReceivedMessage message(ConsumerRecord<byte[], byte[]> record, int attempt) {
    Map<String, String> headers = Map.of();
    String producerId = null;
    for (Header header : record.headers()) {
      String name = header.key();
      if (name.equals(KafkaPublisher.PRODUCER_ID)) {
        producerId = text(header);
      } else if (!name.equals(KafkaPublisher.SESSION)) {
        if (headers.isEmpty()) {
          headers = new LinkedHashMap<>();
        }
        headers.put(name, text(header));
      }
    }
    byte[] payload = record.value();
    return new ReceivedMessage(
        record.partition(),
        record.offset(),
        record.timestamp(),
        payload == null ? NOTHING : payload,
        headers,
        producerId,
        attempt);
  }

  private static String text(Header header) {
    byte[] value = header.value();
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }
}
