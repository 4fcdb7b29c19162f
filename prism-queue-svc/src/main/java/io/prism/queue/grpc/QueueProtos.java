package io.prism.queue.grpc;

import com.google.protobuf.Timestamp;
import io.prism.queue.domain.MessageId;
import io.prism.queue.domain.OutgoingMessage;
import io.prism.queue.domain.PartitionRange;
import io.prism.queue.domain.PublishOutcome;
import io.prism.queue.domain.PublishOutcome.Failed;
import io.prism.queue.domain.PublishOutcome.Published;
import io.prism.queue.domain.StartPosition;
import io.prism.queue.domain.TopicName;
import io.prism.queue.v1.AcknowledgeResponse;
import io.prism.queue.v1.BatchMessage;
import io.prism.queue.v1.CommitResponse;
import io.prism.queue.v1.GetTopicInfoResponse;
import io.prism.queue.v1.ModifyAckDeadlineResponse;
import io.prism.queue.v1.PartitionInfo;
import io.prism.queue.v1.PartitionOffset;
import io.prism.queue.v1.PublishBatchResponse;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.call.Payloads;
import io.prism.starter.error.ErrorMapper;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

  static StartPosition start(SubscribeRequest request) {
    return switch (request.getStartPositionCase()) {
      case OFFSET -> {
        if (request.getOffset() < 0) {
          throw PrismException.invalid("offset", request.getOffset() + " (expected: 0 or more)");
        }
        yield new StartPosition.AtOffset(request.getOffset());
      }
      case TIMESTAMP ->
          new StartPosition.AtTime(
              Math.max(
                  0,
                  request.getTimestamp().getSeconds() * 1000
                      + request.getTimestamp().getNanos() / 1_000_000));
      case POSITION -> named(request);
      case STARTPOSITION_NOT_SET -> unset(request);
    };
  }

  private static StartPosition named(SubscribeRequest request) {
    return switch (request.getPosition()) {
      case START_POSITION_EARLIEST -> new StartPosition.Earliest();
      case START_POSITION_LATEST -> new StartPosition.Latest();
      case START_POSITION_COMMITTED -> new StartPosition.Committed();
      case START_POSITION_UNSPECIFIED -> unset(request);
      case UNRECOGNIZED ->
          throw PrismException.invalid(
              "position", request.getPositionValue() + " (expected: a value of StartPosition)");
    };
  }

  private static StartPosition unset(SubscribeRequest request) {
    return request.getConsumerGroup().isEmpty()
        ? new StartPosition.Latest()
        : new StartPosition.Committed();
  }

  static List<MessageId> ids(List<String> texts) {
    List<MessageId> ids = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      ids.add(MessageId.parse("message_ids[" + i + "]", texts.get(i)));
    }
    return ids;
  }

  static AcknowledgeResponse response(List<String> ids, BitSet acknowledged) {
    AcknowledgeResponse.Builder response =
        AcknowledgeResponse.newBuilder().setAcknowledgedCount(acknowledged.cardinality());
    for (int i = acknowledged.nextClearBit(0);
        i < ids.size();
        i = acknowledged.nextClearBit(i + 1)) {
      response.addFailedIds(ids.get(i));
    }
    return response.build();
  }

  static ModifyAckDeadlineResponse modified(List<String> ids, BitSet modified) {
    ModifyAckDeadlineResponse.Builder response =
        ModifyAckDeadlineResponse.newBuilder().setModifiedCount(modified.cardinality());
    for (int i = modified.nextClearBit(0); i < ids.size(); i = modified.nextClearBit(i + 1)) {
      response.addFailedIds(ids.get(i));
    }
    return response.build();
  }

  static Map<Integer, Long> positions(String field, List<PartitionOffset> offsets) {
    if (offsets.isEmpty()) {
      throw PrismException.invalid(field, "empty (expected: at least one)");
    }
    Map<Integer, Long> positions = new LinkedHashMap<>();
    for (PartitionOffset offset : offsets) {
      if (positions.put(offset.getPartition(), offset.getOffset()) != null) {
        throw PrismException.invalid(
            field, "partition " + offset.getPartition() + " twice (expected: each once)");
      }
    }
    return positions;
  }

  static CommitResponse committed(Map<Integer, Long> positions) {
    CommitResponse.Builder response = CommitResponse.newBuilder().setSuccess(true);
    new TreeMap<>(positions)
        .forEach(
            (partition, offset) ->
                response.addCommitted(
                    PartitionOffset.newBuilder().setPartition(partition).setOffset(offset)));
    return response.build();
  }

  static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  static Timestamp timestamp(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(millis, 1000L))
        .setNanos((int) Math.floorMod(millis, 1000L) * 1_000_000)
        .build();
  }
}
