package io.prism.transact.kafka;

import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.domain.StoredMessage;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Messages of mailboxes as records of Kafka: the message is the payload, its facts are headers. */
final class OutboxRecords {

  static final String SEQUENCE = "prism-mailbox-sequence";
  static final String MESSAGE_ID = "prism-message-id";
  static final String MESSAGE_TYPE = "prism-message-type";

  private OutboxRecords() {}

  /** The key is the mailbox, so that all its messages are in one partition and in order. */
  static ProducerRecord<byte[], byte[]> record(OutboxBinding binding, StoredMessage message) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(binding.storedTopic(), bytes(binding.mailbox()), message.message());
    message.metadata().forEach((key, value) -> record.headers().add(key, bytes(value)));
    record.headers().add(SEQUENCE, bytes(Long.toString(message.id().sequence())));
    record.headers().add(MESSAGE_ID, bytes(message.id().toString()));
    String type = message.messageType();
    if (type != null) {
      record.headers().add(MESSAGE_TYPE, bytes(type));
    }
    return record;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
