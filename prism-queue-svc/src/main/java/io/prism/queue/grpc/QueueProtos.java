package io.prism.queue.grpc;

import com.google.protobuf.Timestamp;
import io.prism.queue.domain.MessageId;
import io.prism.queue.domain.OutgoingMessage;
import io.prism.queue.domain.PartitionRange;
import io.prism.queue.domain.PublishOutcome;
import io.prism.queue.domain.PublishOutcome.Failed;
import io.prism.queue.domain.PublishOutcome.Published;
import io.prism.queue.domain.TopicName;
import io.prism.queue.v1.BatchMessage;
import io.prism.queue.v1.GetTopicInfoResponse;
import io.prism.queue.v1.PartitionInfo;
import io.prism.queue.v1.PublishBatchResponse;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.starter.error.ErrorMapper;
import java.util.List;

/** Between the messages of the wire and the domain. */
final class QueueProtos {

  private static final String DOMAIN = "prism.queue.v1";

  private QueueProtos() {}

  static OutgoingMessage message(PublishRequest request) {
    return new OutgoingMessage(
        Payloads.of(request.getPayload()),
        request.getHeadersMap(),
        request.hasPartitionKey() ? request.getPartitionKey() : null,
        request.hasPartition() ? request.getPartition() : null);
  }

  static OutgoingMessage message(BatchMessage message) {
    return new OutgoingMessage(
        Payloads.of(message.getPayload()),
        message.getHeadersMap(),
        message.hasPartitionKey() ? message.getPartitionKey() : null,
        message.hasPartition() ? message.getPartition() : null);
  }

  static PublishResponse response(TopicName topic, Published published) {
    return PublishResponse.newBuilder()
        .setMessageId(
            new MessageId(topic.name(), published.partition(), published.offset()).toString())
        .setOffset(published.offset())
        .setPartition(published.partition())
        .setTimestamp(timestamp(published.timestampMillis()))
        .build();
  }

  static PublishBatchResponse response(
      TopicName topic, List<PublishOutcome> outcomes, String requestId) {
    PublishBatchResponse.Builder response = PublishBatchResponse.newBuilder();
    int failures = 0;
    for (PublishOutcome outcome : outcomes) {
      switch (outcome) {
        case Published published -> response.addResults(response(topic, published));
        case Failed failed -> {
          failures++;
          response.addResults(
              PublishResponse.newBuilder()
                  .setError(ErrorMapper.toStatus(failed.why(), DOMAIN, requestId)));
        }
      }
    }
    return response.setSuccessCount(outcomes.size() - failures).setFailureCount(failures).build();
  }

  static GetTopicInfoResponse response(TopicName topic, List<PartitionRange> partitions) {
    GetTopicInfoResponse.Builder response =
        GetTopicInfoResponse.newBuilder()
            .setTopic(topic.name())
            .setPartitionCount(partitions.size())
            .setMessageCount(partitions.stream().mapToLong(PartitionRange::count).sum());
    for (PartitionRange range : partitions) {
      response.addPartitions(
          PartitionInfo.newBuilder()
              .setPartition(range.partition())
              .setEarliestOffset(range.earliest())
              .setLatestOffset(range.latest())
              .setMessageCount(range.count()));
    }
    return response.build();
  }

  static Timestamp timestamp(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(millis, 1000L))
        .setNanos((int) Math.floorMod(millis, 1000L) * 1_000_000)
        .build();
  }
}
