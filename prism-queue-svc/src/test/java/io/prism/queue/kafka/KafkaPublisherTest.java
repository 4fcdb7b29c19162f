package io.prism.queue.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.queue.domain.Origin;
import io.prism.queue.domain.OutgoingMessage;
import io.prism.queue.domain.PublishOutcome.Published;
import io.prism.queue.domain.TopicName;
import io.prism.queue.domain.TopicSettings;
import io.prism.queue.testing.KafkaFixture;
import io.prism.queue.testing.QueueFixture;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;

final class KafkaPublisherTest {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final TopicName topic = new TopicName(QueueFixture.newNamespace(), "orders");
  private final List<Producer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();

  private CompletableFuture<Published> publish(KafkaPublisher publisher, String payload) {
    return publisher.publish(
        topic,
        new TopicSettings(1, Duration.ofHours(1)),
        new Origin("client", "session"),
        new OutgoingMessage(payload.getBytes(StandardCharsets.UTF_8), Map.of(), null, null));
  }

  @Test
  void aBrokenProducerIsReplacedAndNobodyElsesMessagesAreLost() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Map<String, Object> connection = Map.of("bootstrap.servers", KafkaFixture.bootstrapServers());
    KafkaClients clients =
        new KafkaClients(
            Map.of("bootstrap.servers", KafkaFixture.bootstrapServers(), "linger.ms", 200),
            connection,
            connection,
            LIMIT,
            1024 * 1024);
    BackendGuard guard =
        new BackendGuard(
            "kafka", CircuitBreaker.ofDefaults("kafka"), meters, KafkaFailures::isOutage);
    try (Admin admin = clients.admin();
        KafkaPublisher publisher =
            new KafkaPublisher(
                () -> {
                  Producer<byte[], byte[]> made = clients.producer();
                  producers.add(made);
                  return made;
                },
                new KafkaTopics(admin, guard, LIMIT, (short) 1, 1024 * 1024),
                guard,
                LIMIT,
                meters)) {
      publish(publisher, "warm-up").get(10, TimeUnit.SECONDS);
      List<CompletableFuture<Published>> waiting = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        waiting.add(publish(publisher, "waiting " + i));
      }
      assertThat(waiting).as("still in the producer's buffer").noneMatch(CompletableFuture::isDone);
      CompletableFuture<Void> closing =
          CompletableFuture.runAsync(() -> producers.getFirst().close(LIMIT));
      closing.get(10, TimeUnit.SECONDS);
      assertThat(publish(publisher, "refused"))
          .failsWithin(LIMIT)
          .withThrowableOfType(ExecutionException.class)
          .havingCause()
          .isInstanceOfSatisfying(
              PrismException.class,
              e -> assertThat(e.reason()).isEqualTo(CallReason.BACKEND_UNAVAILABLE));
      publish(publisher, "after").get(10, TimeUnit.SECONDS);
      publish(publisher, "at last").get(10, TimeUnit.SECONDS);
      for (CompletableFuture<Published> sent : waiting) {
        assertThat(sent.get(10, TimeUnit.SECONDS).offset()).isPositive();
      }
      assertThat(producers).hasSize(2);
      assertThat(KafkaFixture.read(topic.stored())).hasSize(53);
    }
  }
}
