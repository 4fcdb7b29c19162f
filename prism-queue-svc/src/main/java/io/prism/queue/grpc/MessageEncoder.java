package io.prism.queue.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.prism.queue.domain.ReceivedMessage;
import io.prism.queue.domain.TopicName;
import io.prism.queue.v1.Message;

/** Makes the messages of one stream. */
final class MessageEncoder {

  private final ByteString topic;
  private final String idPrefix;

  MessageEncoder(TopicName topic) {
    this.topic = ByteString.copyFromUtf8(topic.name());
    this.idPrefix = topic.name() + ':';
  }

  /** The message on the wire; its payload is not copied. */
  Message encode(ReceivedMessage message) {
    Message.Builder encoded =
        Message.newBuilder()
            .setMessageId(idPrefix + message.partition() + ':' + message.offset())
            .setTopicBytes(topic)
            .setPartition(message.partition())
            .setOffset(message.offset())
            .setPayload(UnsafeByteOperations.unsafeWrap(message.payload()))
            .setTimestamp(QueueProtos.timestamp(message.timestampMillis()))
            .setAttempt(message.attempt());
    if (!message.headers().isEmpty()) {
      encoded.putAllHeaders(message.headers());
    }
    String producer = message.producerId();
    if (producer != null) {
      encoded.setProducerId(producer);
    }
    return encoded.build();
  }
}
