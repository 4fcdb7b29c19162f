package io.prism.transact;

import static io.prism.transact.testing.Client.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.call.DrainListener;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PostgresFixture;
import io.prism.starter.testing.PostgresFixture.Database;
import io.prism.transact.domain.Outbox;
import io.prism.transact.domain.Outbox.Turn;
import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.testing.Client;
import io.prism.transact.testing.KafkaFixture;
import io.prism.transact.testing.TransactFixture;
import io.prism.transact.v1.WriteRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

final class OutboxTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Database database = PostgresFixture.database();
  private final String namespace = TransactFixture.newNamespace();
  private final String topic = namespace + ".orders.events";

  private TransactFixture relay() {
    return TransactFixture.on(
        database,
        "spring.kafka.bootstrap-servers=" + KafkaFixture.bootstrapServers(),
        "prism.transact.outbox.bindings[0].namespace=" + namespace,
        "prism.transact.outbox.bindings[0].mailbox=order-events",
        "prism.transact.outbox.bindings[0].topic=orders.events",
        "prism.transact.outbox.interval=20ms");
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "none" : new String(header.value(), StandardCharsets.UTF_8);
  }

  private List<Long> published() {
    return KafkaFixture.read(topic).stream()
        .map(record -> Long.parseLong(header(record, "prism-mailbox-sequence")))
        .toList();
  }

  private void awaitPublished(long last) {
    Await.value("all are published", LIMIT, this::published, sequences -> sequences.contains(last));
  }

  /** Each came, and none came first after a later one. */
  private void assertAllInOrder(long last) {
    List<Long> firsts = published().stream().distinct().toList();
    assertThat(firsts).containsExactlyElementsOf(LongStream.rangeClosed(1, last).boxed().toList());
  }

  @Test
  void committedMessagesArePublishedInSequenceWithTheirFactsAsHeaders() {
    try (TransactFixture service = relay()) {
      Client client = service.client(namespace);
      client.write(
          WriteRequest.newBuilder()
              .setMailbox(
                  message("order-events", "one").toBuilder()
                      .putMetadata("trace", "abc")
                      .setMessageType("order.created"))
              .build());
      for (int i = 2; i <= 50; i++) {
        client.send("order-events", "m" + i);
      }
      client.send("other", "not bound");
      awaitPublished(50);
      List<ConsumerRecord<byte[], byte[]>> records = KafkaFixture.read(topic);
      assertThat(records).hasSize(50);
      ConsumerRecord<byte[], byte[]> first = records.getFirst();
      assertThat(new String(first.value(), StandardCharsets.UTF_8)).isEqualTo("one");
      assertThat(header(first, "trace")).isEqualTo("abc");
      assertThat(header(first, "prism-message-type")).isEqualTo("order.created");
      assertThat(header(first, "prism-message-id"))
          .isEqualTo(client.read("order-events", 0).getFirst().getMessageId());
      assertAllInOrder(50);
      assertThat(records.stream().map(ConsumerRecord::partition).distinct()).hasSize(1);
      Await.until("nothing is behind", LIMIT, () -> lag(service) == 0);
    }
  }

  private static double lag(TransactFixture service) {
    return service.meters().get("prism.transact.outbox.lag").gauge().value();
  }

  @Test
  void ofTwoRelaysOnePublishesAndTheOtherGoesOnWhenItStops() {
    try (TransactFixture one = relay();
        TransactFixture other = relay()) {
      Client client = one.client(namespace);
      for (int i = 1; i <= 100; i++) {
        client.send("order-events", "m" + i);
        if (i == 50) {
          awaitPublished(20);
          // Whichever leads, the other one must take over.
          one.context().getBeansOfType(DrainListener.class).values().forEach(DrainListener::drain);
        }
      }
      awaitPublished(100);
      assertAllInOrder(100);
      assertThat(published()).hasSize(100);
      assertThat(other.query("none", "select sequence from prism_transact.outbox_position"))
          .hasSize(1);
    }
  }

  @Test
  void aRelayThatLosesItsConnectionsLosesNoMessage() {
    try (TransactFixture one = relay();
        TransactFixture other = relay()) {
      Client client = other.client(namespace);
      for (int i = 1; i <= 100; i++) {
        client.send("order-events", "m" + i);
        if (i % 25 == 0) {
          killLeaders(one);
        }
      }
      awaitPublished(100);
      assertAllInOrder(100);
    }
    try (TransactFixture restarted = relay()) {
      restarted.client(namespace).send("order-events", "m101");
      awaitPublished(101);
      assertAllInOrder(101);
    }
  }

  private static void killLeaders(TransactFixture service) {
    service.query(
        "none",
        """
        select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and a.datname = current_database()
        and a.application_name = 'prism-transact-svc'
        """);
  }

  @Test
  void aRelayThatLostItsLockCannotMoveThePosition() {
    OutboxBinding binding = new OutboxBinding(namespace, "order-events", "orders.events");
    try (TransactFixture one = TransactFixture.on(database);
        TransactFixture other = TransactFixture.on(database)) {
      one.client(namespace).send("order-events", "m1");
      one.client(namespace).send("order-events", "m2");
      try (Turn lost = one.context().getBean(Outbox.class).tryLead(binding).orElseThrow()) {
        assertThat(other.context().getBean(Outbox.class).tryLead(binding)).isEmpty();
        assertThat(lost.next()).hasSize(2);
        killLeaders(one);
        try (Turn next =
            Await.value(
                    "the other leads",
                    () -> other.context().getBean(Outbox.class).tryLead(binding),
                    java.util.Optional::isPresent)
                .orElseThrow()) {
          next.published(1);
          assertThatThrownBy(() -> lost.published(2)).isInstanceOf(PrismException.class);
          assertThat(next.next())
              .singleElement()
              .satisfies(m -> assertThat(m.id().sequence()).isEqualTo(2));
          assertThat(other.context().getBean(Outbox.class).lag(binding)).isOne();
        }
      }
    }
  }

  @Test
  void withoutABindingThereIsNoClientOfKafka() {
    Set<String> before = kafkaThreads();
    try (TransactFixture service = TransactFixture.on(database)) {
      service.client(namespace).send("order-events", "m");
      assertThat(kafkaThreads()).isSubsetOf(before);
    }
  }

  private static Set<String> kafkaThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains("kafka"))
        .collect(Collectors.toSet());
  }

  @Test
  void aBindingWithAWrongNameIsRefusedAtStart() {
    assertThatThrownBy(() -> new OutboxBinding("no.namespace", "m", "t"))
        .isInstanceOf(PrismException.class);
    assertThatThrownBy(() -> new OutboxBinding("n", "", "t")).isInstanceOf(PrismException.class);
    assertThatThrownBy(() -> new OutboxBinding("n", "m", "a/b")).isInstanceOf(PrismException.class);
    assertThatThrownBy(
            () ->
                TransactFixture.on(
                    database,
                    "prism.transact.outbox.bindings[0].namespace=n",
                    "prism.transact.outbox.bindings[0].mailbox=m",
                    "prism.transact.outbox.bindings[0].topic=a b"))
        .hasRootCauseInstanceOf(PrismException.class);
  }

  @Test
  void whatIsProcessedOrPublishedIsDeletedAfterItsRetentionAndNothingElse() {
    try (TransactFixture service =
        TransactFixture.on(
            database,
            "spring.kafka.bootstrap-servers=" + KafkaFixture.bootstrapServers(),
            "prism.transact.outbox.bindings[0].namespace=" + namespace,
            "prism.transact.outbox.bindings[0].mailbox=order-events",
            "prism.transact.outbox.bindings[0].topic=orders.events",
            "prism.transact.mailbox.retention=1h",
            "prism.transact.mailbox.sweep-interval=50ms")) {
      Client client = service.client(namespace);
      for (int i = 1; i <= 5; i++) {
        client.send("plain", "m");
        client.send("order-events", "m");
      }
      client.send("done", "m");
      client.write(
          WriteRequest.newBuilder()
              .setMailbox(message("plain", "k"))
              .setOptions(Client.key("k"))
              .build());
      process(client, "plain", 1, 3);
      process(client, "done", 1);
      awaitPublished(5);
      service.define(
          namespace,
          "update prism_transact.mailbox_message set created_at = created_at - interval '2 hours',"
              + " processed_at = processed_at - interval '2 hours'",
          "update prism_transact.idempotency_record set created_at = created_at - interval '25 hours'");
      Await.value(
          "processed ones are gone",
          () -> client.sequences("plain", 0),
          List.of(2L, 4L, 5L, 6L)::equals);
      Await.value(
          "published ones are gone but for the last",
          () -> client.sequences("order-events", 0),
          List.of(5L)::equals);
      Await.value(
          "the key is gone",
          () -> service.query("none", "select key from prism_transact.idempotency_record"),
          List::isEmpty);
      assertThat(client.sequences("done", 0)).containsExactly(1L);
      assertThat(client.send("done", "m").getMailboxResult().getSequence()).isEqualTo(2);
      assertThat(client.send("order-events", "m").getMailboxResult().getSequence()).isEqualTo(6);
    }
  }

  private static void process(Client client, String mailbox, long... sequences) {
    List<Long> wanted = LongStream.of(sequences).boxed().toList();
    client
        .stub()
        .processMailbox(
            io.prism.transact.v1.ProcessMailboxRequest.newBuilder()
                .addAllMessageIds(
                    client.read(mailbox, 0).stream()
                        .filter(m -> wanted.contains(m.getSequence()))
                        .map(io.prism.transact.v1.MailboxMessage::getMessageId)
                        .toList())
                .build());
  }
}
