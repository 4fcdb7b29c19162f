package io.prism.queue;

import static io.prism.starter.testing.Failures.checked;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.queue.testing.QueueFixture.Client;
import io.prism.queue.testing.TestStream;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;

/** Topics that others change while they are read and written. */
final class TopicChangesTest {

  private final QueueFixture service = QueueFixture.shared();
  private final String namespace = QueueFixture.newNamespace();
  private final Client client = service.client(service.session(namespace, 1));

  private static SubscribeRequest.Builder orders() {
    return SubscribeRequest.newBuilder().setTopic("orders");
  }

  private void publish(String payload) {
    client
        .queue()
        .publish(
            PublishRequest.newBuilder()
                .setTopic("orders")
                .setPayload(ByteString.copyFromUtf8(payload))
                .build());
  }

  private boolean isPublished(String payload) {
    try {
      publish(payload);
      return true;
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
      return false;
    }
  }

  @Test
  void aTopicThatIsDeletedEndsItsStreamsWithNotFoundAndIsMadeAnewByTheNextPublish()
      throws Exception {
    publish("before");
    try (TestStream member = TestStream.open(client, orders().setConsumerGroup("g").build());
        TestStream reader = TestStream.open(client, orders().build());
        Admin admin = KafkaFixture.admin()) {
      member.await(1);
      admin.deleteTopics(List.of(namespace + ".orders")).all().get();
      checked(Code.NOT_FOUND, "TOPIC_NOT_FOUND", member.failure());
      checked(Code.NOT_FOUND, "TOPIC_NOT_FOUND", reader.failure());
    }
    Await.until("publishing works", Duration.ofSeconds(30), () -> isPublished("after"));
    try (TestStream again = TestStream.open(client, orders().setConsumerGroup("h").build())) {
      assertThat(again.await(1).getFirst().getPayload().toStringUtf8()).isEqualTo("after");
    }
  }

  @Test
  void partitionsThatAreAddedAreReadFromTheirBeginning() throws Exception {
    publish("before");
    try (TestStream reader = TestStream.open(client, orders().build());
        Admin admin = KafkaFixture.admin()) {
      admin
          .createPartitions(Map.of(namespace + ".orders", NewPartitions.increaseTo(3)))
          .all()
          .get();
      KafkaFixture.write(namespace + ".orders", 2, "there at once");
      assertThat(reader.await(1)).hasSize(1);
      assertThat(reader.payloads()).containsExactly("there at once");
    }
  }
}
