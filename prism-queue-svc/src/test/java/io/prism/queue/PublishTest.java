package io.prism.queue;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import io.prism.config.v1.ClientConfig;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.v1.BatchMessage;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.GetTopicInfoResponse;
import io.prism.queue.v1.PublishBatchRequest;
import io.prism.queue.v1.PublishBatchResponse;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PublishTest {

  private final QueueFixture service = QueueFixture.shared();
  private final String namespace = QueueFixture.newNamespace();
  private final Client client = service.client(namespace);

  private static PublishRequest.Builder message(String topic, String payload) {
    return PublishRequest.newBuilder().setTopic(topic).setPayload(ByteString.copyFromUtf8(payload));
  }

  @Test
  void aPlainKafkaConsumerReadsWhatWasPublished() {
    PublishResponse answer =
        client
            .queue()
            .publish(
                message("orders", "hello")
                    .putHeaders("content-type", "text/plain")
                    .setPartitionKey("customer-1")
                    .build());
    List<ConsumerRecord<byte[], byte[]>> records = KafkaFixture.read(namespace + ".orders");
    assertThat(records).hasSize(1);
    ConsumerRecord<byte[], byte[]> record = records.getFirst();
    assertThat(record.value()).as("payloads are never wrapped").asString().isEqualTo("hello");
    assertThat(record.key()).asString().isEqualTo("customer-1");
    assertThat(header(record, "content-type")).isEqualTo("text/plain");
    assertThat(header(record, "prism-producer-id")).isEqualTo("test-client");
    assertThat(header(record, "prism-session")).isNotEmpty();
    assertThat(answer.getPartition()).isEqualTo(record.partition());
    assertThat(answer.getOffset()).isEqualTo(record.offset());
    assertThat(answer.getTimestamp().getSeconds()).isEqualTo(record.timestamp() / 1000);
    assertThat(answer.getMessageId())
        .as("message_id = topic:partition:offset as seen by the client")
        .isEqualTo("orders:" + record.partition() + ":" + record.offset());
    assertThat(answer.hasError()).isFalse();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void anUnknownTopicIsCreatedWithSixPartitionsAndARetention() {
    client.queue().publish(message("orders", "hello").build());
    GetTopicInfoResponse info =
        client.queue().getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("orders").build());
    assertThat(info.getTopic()).isEqualTo("orders");
    assertThat(info.getPartitionCount()).isEqualTo(6);
    assertThat(info.getMessageCount()).isEqualTo(1);
    assertThat(info.getPartitionsList()).extracting("partition").containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(retentionOf("orders")).isEqualTo("604800000");
  }

  @Test
  void partitionsAndRetentionComeFromTheSessionsConfiguration() {
    ClientConfig.Builder config = ClientConfig.newBuilder();
    config.getQueueBuilder().setPartitions(3).setRetention(Duration.newBuilder().setSeconds(60));
    Client configured = service.client(service.session(namespace).config(config.build()));
    configured.queue().publish(message("orders", "hello").build());
    GetTopicInfoResponse info =
        configured
            .queue()
            .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("orders").build());
    assertThat(info.getPartitionCount()).isEqualTo(3);
    assertThat(retentionOf("orders")).isEqualTo("60000");
  }

  /** The first batches of a producer to a partition whose leader is not there yet went astray. */
  @Test
  void newTopicsTakeManyMessagesAtOnceFromTheFirstMomentOn() {
    for (int i = 0; i < 20; i++) {
      PublishRequest request = message("burst-" + i, "hello").build();
      List<CompletableFuture<PublishResponse>> answers =
          Stream.generate(() -> published(request)).limit(500).toList();
      answers.forEach(CompletableFuture::join);
    }
  }

  private CompletableFuture<PublishResponse> published(PublishRequest request) {
    CompletableFuture<PublishResponse> answer = new CompletableFuture<>();
    client
        .async()
        .publish(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(PublishResponse response) {
                answer.complete(response);
              }

              @Override
              public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {}
            });
    return answer;
  }

  private String retentionOf(String topic) {
    return KafkaFixture.setting(namespace + "." + topic, "retention.ms");
  }

  @Test
  void topicInfoOfAnUnknownTopicIsNotFound() {
    var status =
        failure(
            Code.NOT_FOUND,
            "TOPIC_NOT_FOUND",
            () ->
                client
                    .queue()
                    .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("nothing").build()));
    assertThat(detail(status, ResourceInfo.class).map(ResourceInfo::getResourceName))
        .contains("nothing");
    assertThat(detail(status, ErrorInfo.class).map(ErrorInfo::getDomain))
        .contains("prism.queue.v1");
  }

  @Test
  void partitionWinsOverPartitionKey() {
    for (int partition = 0; partition < 6; partition++) {
      assertThat(
              client
                  .queue()
                  .publish(
                      message("orders", "x").setPartitionKey("k").setPartition(partition).build())
                  .getPartition())
          .isEqualTo(partition);
    }
  }

  @Test
  void theSameKeyGoesToTheSamePartitionInOrder() {
    List<PublishResponse> answers =
        IntStream.range(0, 20)
            .mapToObj(
                i -> client.queue().publish(message("orders", "" + i).setPartitionKey("k").build()))
            .toList();
    assertThat(answers)
        .extracting(PublishResponse::getPartition)
        .containsOnly(answers.get(0).getPartition());
    assertThat(answers).extracting(PublishResponse::getOffset).isSorted();
  }

  @Test
  void aPartitionThatDoesNotExistIsOutOfRange() {
    var status =
        failure(
            Code.OUT_OF_RANGE,
            "PARTITION_OUT_OF_RANGE",
            () -> client.queue().publish(message("orders", "x").setPartition(6).build()));
    assertThat(detail(status, ErrorInfo.class).orElseThrow().getMetadataMap())
        .containsEntry("partition_count", "6");
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () -> client.queue().publish(message("orders", "x").setPartition(-1).build()));
  }

  @Test
  void headersThatBeginWithPrismAreRefused() {
    var status =
        failure(
            Code.INVALID_ARGUMENT,
            "INVALID_ARGUMENT",
            () ->
                client
                    .queue()
                    .publish(message("orders", "x").putHeaders("prism-session", "forged").build()));
    assertThat(detail(status, BadRequest.class).orElseThrow().getFieldViolations(0).getField())
        .isEqualTo("headers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "a/b", "a:b", "a b", "ä", "../other.orders", "a\u0000b", "a\nb"})
  void badTopicNamesAreRefused(String topic) {
    var status =
        failure(
            Code.INVALID_ARGUMENT,
            "INVALID_ARGUMENT",
            () -> client.queue().publish(message(topic, "x").build()));
    assertThat(detail(status, BadRequest.class).orElseThrow().getFieldViolations(0).getField())
        .isEqualTo("topic");
  }

  @Test
  void aTopicNameHasUpTo180Characters() {
    client.queue().publish(message("a".repeat(180), "x").build());
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () -> client.queue().publish(message("a".repeat(181), "x").build()));
  }

  @Test
  void topicsThatTheBrokerCannotTellApartAreRefused() {
    client.queue().publish(message("a.b", "x").build());
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () -> client.queue().publish(message("a_b", "x").build()));
  }

  @Test
  void aPayloadHasUpTo4MiB() {
    ByteString largest = ByteString.copyFrom(new byte[4 * 1024 * 1024]);
    client
        .queue()
        .publish(PublishRequest.newBuilder().setTopic("large").setPayload(largest).build());
    assertThat(KafkaFixture.read(namespace + ".large").getFirst().value()).hasSize(largest.size());
    var status =
        failure(
            Code.INVALID_ARGUMENT,
            "LIMIT_EXCEEDED",
            () ->
                client
                    .queue()
                    .publish(
                        PublishRequest.newBuilder()
                            .setTopic("large")
                            .setPayload(largest.concat(ByteString.copyFromUtf8("x")))
                            .build()));
    assertThat(detail(status, ErrorInfo.class).orElseThrow().getMetadataMap())
        .containsEntry("limit", "4194304");
    assertThat(detail(status, BadRequest.class).orElseThrow().getFieldViolations(0).getField())
        .isEqualTo("payload");
  }

  @Test
  void namespacesAreIsolated() {
    Client other = service.client(namespace + "x");
    client.queue().publish(message("orders", "mine").build());
    failure(
        Code.NOT_FOUND,
        "TOPIC_NOT_FOUND",
        () ->
            other
                .queue()
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("orders").build()));
    failure(
        Code.NOT_FOUND,
        "TOPIC_NOT_FOUND",
        () ->
            other
                .queue()
                .getTopicInfo(
                    GetTopicInfoRequest.newBuilder().setTopic(namespace + ".orders").build()));
  }

  @Test
  void aBatchIsAnsweredInItsOrderWithAnErrorPerFailedItem() {
    PublishBatchRequest.Builder batch = PublishBatchRequest.newBuilder().setTopic("orders");
    for (int i = 0; i < 100; i++) {
      batch.addMessages(
          BatchMessage.newBuilder()
              .setPayload(ByteString.copyFromUtf8("m" + i))
              .setPartition(i % 3));
    }
    batch.setMessages(10, BatchMessage.newBuilder().putHeaders("prism-x", "y"));
    batch.setMessages(
        20, BatchMessage.newBuilder().setPayload(ByteString.copyFromUtf8("m")).setPartition(77));
    PublishBatchResponse answer = client.queue().publishBatch(batch.build());
    assertThat(answer.getResultsCount()).isEqualTo(100);
    assertThat(answer.getSuccessCount()).isEqualTo(98);
    assertThat(answer.getFailureCount()).isEqualTo(2);
    assertThat(answer.getResults(10).getError().getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
    assertThat(detail(answer.getResults(10).getError(), BadRequest.class).orElseThrow())
        .extracting(violation -> violation.getFieldViolations(0).getField())
        .isEqualTo("messages[10].headers");
    assertThat(answer.getResults(20).getError().getCode()).isEqualTo(Code.OUT_OF_RANGE.value());
    assertThat(answer.getResults(20).getMessageId()).isEmpty();
    List<ConsumerRecord<byte[], byte[]>> records = KafkaFixture.read(namespace + ".orders");
    assertThat(records).hasSize(98);
    for (int i = 0; i < 100; i++) {
      PublishResponse result = answer.getResults(i);
      if (!result.hasError()) {
        String expected = "m" + i;
        assertThat(records)
            .filteredOn(
                r -> r.partition() == result.getPartition() && r.offset() == result.getOffset())
            .singleElement()
            .satisfies(r -> assertThat(r.value()).asString().isEqualTo(expected));
      }
    }
  }

  @Test
  void aBatchHasOneTo1000Messages() {
    List<BatchMessage> thousand =
        Collections.nCopies(
            1000, BatchMessage.newBuilder().setPayload(ByteString.copyFromUtf8("x")).build());
    PublishBatchRequest.Builder batch = PublishBatchRequest.newBuilder().setTopic("orders");
    assertThat(
            client.queue().publishBatch(batch.addAllMessages(thousand).build()).getSuccessCount())
        .isEqualTo(1000);
    failure(
        Code.INVALID_ARGUMENT,
        "LIMIT_EXCEEDED",
        () -> client.queue().publishBatch(batch.addMessages(thousand.getFirst()).build()));
    failure(
        Code.INVALID_ARGUMENT,
        "INVALID_ARGUMENT",
        () ->
            client
                .queue()
                .publishBatch(PublishBatchRequest.newBuilder().setTopic("orders").build()));
  }

  @Test
  void aSessionThatMayOnlyReadCannotPublish() {
    failure(
        Code.FAILED_PRECONDITION,
        "SESSION_READ_ONLY",
        () ->
            service
                .client(service.session(namespace).readOnly())
                .queue()
                .publish(message("orders", "x").build()));
    failure(
        Code.PERMISSION_DENIED,
        "PERMISSION_DENIED",
        () ->
            service
                .client(service.session(namespace).permissions("queue:read"))
                .queue()
                .publish(message("orders", "x").build()));
  }
}
