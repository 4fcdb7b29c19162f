package io.prism.queue.kafka;

import io.prism.queue.domain.GroupName;
import io.prism.queue.domain.Subscription;
import io.prism.queue.domain.SubscriptionEvents;
import io.prism.queue.domain.SubscriptionRequest;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves messages that could not be processed to the dead-letter topic. A reader without a group
 * moves nothing: each of many readers would do so.
 */
final class DeadLetters {

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  private static final String PREFIX = "dead-letter-";

  private final KafkaPublisher publisher;
  private final SubscriptionEvents events;

  DeadLetters(KafkaPublisher publisher, SubscriptionEvents events) {
    this.publisher = publisher;
    this.events = events;
  }

  /** Settles a message that was delivered as often as it may be. Does not wait. */
  void settle(Subscription subscription, ConsumerRecord<byte[], byte[]> record, int attempts) {
    SubscriptionRequest request = subscription.request();
    GroupName group = request.group();
    if (group == null) {
      subscription.settle(record.partition(), record.offset());
      return;
    }
    var _ =
        publisher
            .forward(
                request.redelivery().deadLetterTopic(),
                request.topicSettings(),
                deadLetter(request, group, record, attempts))
            .whenComplete(
                (published, failure) -> {
                  if (failure == null) {
                    events.deadLettered(1);
                    subscription.settle(record.partition(), record.offset());
                  } else {
                    log.debug("dead-lettering from {} failed", record.topic(), failure);
                    subscription.postpone(record.partition(), record.offset());
                  }
                });
  }

  private static ProducerRecord<byte[], byte[]> deadLetter(
      SubscriptionRequest request,
      GroupName group,
      ConsumerRecord<byte[], byte[]> record,
      int attempts) {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(
            request.redelivery().deadLetterTopic().stored(), null, record.key(), record.value());
    record.headers().forEach(letter.headers()::add);
    set(letter.headers(), "topic", request.topic().name());
    set(letter.headers(), "partition", Integer.toString(record.partition()));
    set(letter.headers(), "offset", Long.toString(record.offset()));
    set(letter.headers(), "attempts", Integer.toString(attempts));
    set(letter.headers(), "group", group.name());
    return letter;
  }

  private static void set(Headers headers, String name, String value) {
    headers.remove(PREFIX + name);
    headers.add(PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
  }
}
