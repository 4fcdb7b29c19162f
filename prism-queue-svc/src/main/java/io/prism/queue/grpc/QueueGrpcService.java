package io.prism.queue.grpc;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.prism.queue.domain.BatchPublishing;
import io.prism.queue.domain.Deliveries;
import io.prism.queue.domain.DeliveryChange;
import io.prism.queue.domain.GroupPositions;
import io.prism.queue.domain.MessageId;
import io.prism.queue.domain.MessageRules;
import io.prism.queue.domain.OutgoingMessage;
import io.prism.queue.domain.PositionChange.Kind;
import io.prism.queue.domain.Publisher;
import io.prism.queue.domain.QueueDefaults;
import io.prism.queue.domain.Subscriber;
import io.prism.queue.domain.TopicName;
import io.prism.queue.domain.Topics;
import io.prism.queue.v1.AcknowledgeRequest;
import io.prism.queue.v1.AcknowledgeResponse;
import io.prism.queue.v1.CommitRequest;
import io.prism.queue.v1.CommitResponse;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.GetTopicInfoResponse;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.ModifyAckDeadlineRequest;
import io.prism.queue.v1.ModifyAckDeadlineResponse;
import io.prism.queue.v1.PublishBatchRequest;
import io.prism.queue.v1.PublishBatchResponse;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SeekRequest;
import io.prism.queue.v1.SeekResponse;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.auth.Session;
import io.prism.starter.call.Answers;
import io.prism.starter.call.EarlyHeaders;
import io.prism.starter.call.RequestId;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** The rpcs of the Queue service. They run on event loops: nothing here blocks. */
@Component
final class QueueGrpcService implements BindableService, QueueServiceGrpc.AsyncService {

  private final Publisher publisher;
  private final Topics topics;
  private final Subscriber subscriber;
  private final Deliveries deliveries;
  private final GroupPositions positions;
  private final MessageRules rules;
  private final QueueDefaults defaults;

  QueueGrpcService(
      Publisher publisher,
      Topics topics,
      Subscriber subscriber,
      Deliveries deliveries,
      GroupPositions positions,
      MessageRules rules,
      QueueDefaults defaults) {
    this.publisher = publisher;
    this.topics = topics;
    this.subscriber = subscriber;
    this.deliveries = deliveries;
    this.positions = positions;
    this.rules = rules;
    this.defaults = defaults;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerInterceptors.intercept(
        QueueServiceGrpc.bindService(this), new EarlyHeaders.Interceptor());
  }

  @Override
  public void publish(PublishRequest request, StreamObserver<PublishResponse> response) {
    SessionSettings session = session();
    TopicName topic = session.topic(request.getTopic());
    OutgoingMessage message = QueueProtos.message(request);
    rules.check("", message);
    Answers.send(
        publisher
            .publish(topic, session.topics(), session.origin(), message)
            .thenApply(published -> QueueProtos.response(topic, published)),
        response);
  }

  @Override
  public void publishBatch(
      PublishBatchRequest request, StreamObserver<PublishBatchResponse> response) {
    SessionSettings session = session();
    TopicName topic = session.topic(request.getTopic());
    List<OutgoingMessage> messages =
        request.getMessagesList().stream().map(QueueProtos::message).toList();
    String requestId = RequestId.current();
    Answers.send(
        BatchPublishing.publish(
                publisher, rules, topic, session.topics(), session.origin(), messages)
            .thenApply(outcomes -> QueueProtos.response(topic, outcomes, requestId)),
        response);
  }

  @Override
  public void getTopicInfo(
      GetTopicInfoRequest request, StreamObserver<GetTopicInfoResponse> response) {
    TopicName topic = session().topic(request.getTopic());
    Answers.send(
        topics.ranges(topic).thenApply(partitions -> QueueProtos.response(topic, partitions)),
        response);
  }

  @Override
  public void subscribe(SubscribeRequest request, StreamObserver<Message> response) {
    SubscribeCall.start(subscriber, session().subscription(request), response);
  }

  @Override
  public void acknowledge(
      AcknowledgeRequest request, StreamObserver<AcknowledgeResponse> response) {
    rules.checkCount("message_ids", request.getMessageIdsCount());
    List<MessageId> ids = QueueProtos.ids(request.getMessageIdsList());
    Answers.send(
        deliveries
            .change(new DeliveryChange(Session.current().id(), ids, null))
            .thenApply(changed -> QueueProtos.response(request.getMessageIdsList(), changed)),
        response);
  }

  @Override
  public void modifyAckDeadline(
      ModifyAckDeadlineRequest request, StreamObserver<ModifyAckDeadlineResponse> response) {
    rules.checkCount("message_ids", request.getMessageIdsCount());
    List<MessageId> ids = QueueProtos.ids(request.getMessageIdsList());
    Duration deadline = QueueProtos.duration(request.getAckDeadline());
    if (deadline.isNegative()) {
      throw PrismException.invalid("ack_deadline", deadline + " (expected: zero or more)");
    }
    Answers.send(
        deliveries
            .change(new DeliveryChange(Session.current().id(), ids, deadline))
            .thenApply(changed -> QueueProtos.modified(request.getMessageIdsList(), changed)),
        response);
  }

  @Override
  public void commit(CommitRequest request, StreamObserver<CommitResponse> response) {
    Answers.send(
        change(
                Kind.COMMIT,
                request.getTopic(),
                request.getConsumerGroup(),
                QueueProtos.positions("offsets", request.getOffsetsList()))
            .thenApply(QueueProtos::committed),
        response);
  }

  @Override
  public void seek(SeekRequest request, StreamObserver<SeekResponse> response) {
    Answers.send(
        change(
                Kind.SEEK,
                request.getTopic(),
                request.getConsumerGroup(),
                QueueProtos.positions("positions", request.getPositionsList()))
            .thenApply(positions -> SeekResponse.newBuilder().setSuccess(true).build()),
        response);
  }

  private CompletableFuture<Map<Integer, Long>> change(
      Kind kind, String topic, String group, Map<Integer, Long> wanted) {
    SessionSettings session = session();
    return positions.change(kind, session.topic(topic), session.group(group), wanted);
  }

  private SessionSettings session() {
    return new SessionSettings(Session.current(), defaults);
  }
}
