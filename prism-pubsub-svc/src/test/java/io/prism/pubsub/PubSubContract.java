package io.prism.pubsub;

import static io.prism.pubsub.testing.Client.event;
import static io.prism.pubsub.testing.Client.pattern;
import static io.prism.starter.testing.Failures.checked;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import io.grpc.Status.Code;
import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.pubsub.v1.Event;
import io.prism.pubsub.v1.PublishRequest;
import io.prism.pubsub.v1.PublishResponse;
import io.prism.pubsub.v1.SubscribeRequest;
import io.prism.pubsub.v1.Subscription;
import io.prism.pubsub.v1.SubscriptionOptions;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionState;
import io.prism.starter.auth.Session;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients may rely on, whatever the broker. */
abstract class PubSubContract {

  private final String namespace = PubSubFixture.newNamespace();

  /** The service, one for all tests of a class. */
  abstract PubSubFixture service();

  private Client client() {
    return service().client(namespace);
  }

  @Test
  void anEventArrivesAsItWasPublished() {
    Client client = client();
    try (TestStream stream = client.subscribe("events.user.created")) {
      Instant before = Instant.now().minusMillis(1);
      PublishResponse published =
          client
              .pubsub()
              .publish(
                  event("events.user.created", "hello")
                      .putMetadata("tenant", "acme")
                      .setCorrelationId("c-1")
                      .setReplyTo("inbox.1")
                      .build());
      Event event = stream.await(1).getFirst();
      assertThat(event.getEventId()).isNotEmpty().isEqualTo(published.getEventId());
      assertThat(event.getTopic()).isEqualTo("events.user.created");
      assertThat(event.getPayload().toStringUtf8()).isEqualTo("hello");
      assertThat(event.getMetadataMap()).containsExactly(Map.entry("tenant", "acme"));
      assertThat(event.getCorrelationId()).isEqualTo("c-1");
      assertThat(event.getReplyTo()).isEqualTo("inbox.1");
      assertThat(event.getSubscriptionId()).isEqualTo(stream.id());
      assertThat(event.getTimestamp()).isEqualTo(published.getPublishedAt());
      assertThat(Timestamps.toNanos(event.getTimestamp()))
          .isBetween(nanos(before), nanos(Instant.now().plusMillis(1)));
      assertThat(published.getSubscriberCount()).isEqualTo(1);
    }
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  @Test
  void whatIsNotSetStaysUnset() {
    Client client = client();
    try (TestStream stream = client.subscribe("a")) {
      client.pubsub().publish(PublishRequest.newBuilder().setTopic("a").build());
      Event event = stream.await(1).getFirst();
      assertThat(event.getPayload()).isEqualTo(ByteString.EMPTY);
      assertThat(event.getMetadataMap()).isEmpty();
      assertThat(event.hasCorrelationId()).isFalse();
      assertThat(event.hasReplyTo()).isFalse();
    }
  }

  /** "so a client can publish after it": the first event is never missed. */
  @Test
  void whatIsPublishedAfterTheHeaderIsSeen() {
    Client client = client();
    for (int i = 0; i < 30; i++) {
      try (TestStream stream = client.subscribe("live." + i)) {
        assertThat(client.publish("live." + i, "first").getSubscriberCount()).isEqualTo(1);
        assertThat(stream.await(1)).hasSize(1);
      }
    }
  }

  @Test
  void whatWasPublishedBeforeIsNotSeen() {
    Client client = client();
    client.publish("a", "before");
    try (TestStream stream = client.subscribe("a")) {
      client.publish("a", "after");
      assertThat(stream.awaitLast("after")).containsExactly("after");
    }
  }

  /** "`*` one token anywhere, `>` one or more, last only". */
  @Test
  void wildcardsStandForWholeTokens() {
    Client client = client();
    List<String> topics =
        List.of(
            "events",
            "events.user",
            "events.user.created",
            "events.user.created.eu",
            "events.order.created",
            "other.user.created",
            "eventsx.user.created",
            "end");
    Map<String, List<String>> expected =
        Map.of(
            "events.user.*", List.of("events.user.created"),
            "events.>",
                List.of(
                    "events.user",
                    "events.user.created",
                    "events.user.created.eu",
                    "events.order.created"),
            "*.user.created",
                List.of("events.user.created", "other.user.created", "eventsx.user.created"),
            "*", List.of("events", "end"),
            "*.*", List.of("events.user"),
            "*.>", topics.subList(1, 7),
            "events.*.*.>", List.of("events.user.created.eu"),
            ">", topics);
    Map<String, TestStream> streams = new HashMap<>();
    expected.keySet().forEach(pattern -> streams.put(pattern, client.subscribe(pattern)));
    topics.forEach(topic -> client.publish(topic, topic));
    streams.forEach(
        (pattern, stream) -> {
          List<String> matching = expected.getOrDefault(pattern, List.of());
          stream.await(matching.size());
          assertThat(stream.topics()).as(pattern).isEqualTo(matching);
          stream.close();
        });
  }

  @Test
  void eachSubscriptionGetsAnEventOnce() {
    Client client = client();
    try (TestStream one = client.subscribe("a.*");
        TestStream two = client.subscribe("a.>");
        TestStream three = client.subscribe("a.b");
        TestStream again = client.subscribe("a.b")) {
      assertThat(client.publish("a.b", "x").getSubscriberCount()).isEqualTo(4);
      client.publish("a.b", "end");
      for (TestStream stream : List.of(one, two, three, again)) {
        assertThat(stream.awaitLast("end")).containsExactly("x", "end");
        assertThat(stream.events())
            .allSatisfy(event -> assertThat(event.getSubscriptionId()).isEqualTo(stream.id()));
      }
    }
  }

  @Test
  void eventsOfOnePublisherArriveInOrder() {
    Client client = client();
    List<String> sent = IntStream.range(0, 1000).mapToObj(i -> "m" + i).toList();
    try (TestStream stream = client.subscribe("order.>")) {
      sent.forEach(payload -> client.publish("order." + payload, payload));
      assertThat(stream.await(1000).size()).isEqualTo(1000);
      assertThat(stream.payloads()).isEqualTo(sent);
    }
  }

  /** "`queue_group`: each event to one member". */
  @Test
  void aGroupGetsEachEventOnceWhateverThePatternsOfItsMembers() {
    Client client = client();
    try (TestStream one = client.join("g", "work.*");
        TestStream two = client.join("g", "work.*");
        TestStream three = client.join("g", "work.>");
        TestStream other = client.join("h", "work.a");
        TestStream single = client.subscribe("work.a")) {
      for (int i = 0; i < 300; i++) {
        assertThat(client.publish("work.a", "m" + i).getSubscriberCount())
            .as("groups g and h, and one subscription")
            .isEqualTo(3);
      }
      single.await(300);
      other.await(300);
      Await.until(
          "each event once",
          () -> one.events().size() + two.events().size() + three.events().size() >= 300);
      List<String> all = new ArrayList<>();
      List.of(one, two, three).forEach(member -> all.addAll(member.payloads()));
      assertThat(all).doesNotHaveDuplicates().hasSize(300);
      assertThat(one.events()).as("work is shared").isNotEmpty();
      assertThat(two.events()).isNotEmpty();
      assertThat(three.events()).isNotEmpty();
      assertThat(single.payloads()).hasSize(300);
      assertThat(other.payloads()).hasSize(300);
    }
  }

  @Test
  void subscriberCountFollowsSubscriptionsAtOnce() {
    Client client = client();
    assertThat(client.publish("n", "x").getSubscriberCount()).isZero();
    List<TestStream> streams = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      streams.add(client.subscribe("n"));
      assertThat(client.publish("n", "x").getSubscriberCount()).isEqualTo(i);
    }
    for (int i = 19; i >= 0; i--) {
      client.unsubscribe(streams.get(i).id());
      assertThat(client.publish("n", "x").getSubscriberCount()).isEqualTo(i);
    }
    TestStream gone = client.subscribe("n");
    gone.close();
    Await.until(
        "a client that went away", () -> client.publish("n", "x").getSubscriberCount() == 0);
  }

  /** "`max_messages`, `max_duration` end the stream with OK". */
  @Test
  void aStreamEndsAfterItsMostMessages() {
    Client client = client();
    SubscriptionOptions three = SubscriptionOptions.newBuilder().setMaxMessages(3).build();
    try (TestStream stream = TestStream.open(client, pattern("a").setOptions(three).build())) {
      IntStream.range(0, 10).forEach(i -> client.publish("a", "m" + i));
      stream.awaitOk();
      assertThat(stream.payloads()).containsExactly("m0", "m1", "m2");
      assertThat(client.publish("a", "x").getSubscriberCount()).isZero();
      assertThat(client.list()).isEmpty();
    }
  }

  @Test
  void aStreamEndsAfterItsLongestDuration() {
    Client client = client();
    SubscriptionOptions half =
        SubscriptionOptions.newBuilder().setMaxDuration(Durations.fromMillis(500)).build();
    try (TestStream stream = TestStream.open(client, pattern("a").setOptions(half).build())) {
      long begin = System.nanoTime();
      client.publish("a", "m");
      stream.awaitOk();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
      assertThat(stream.payloads()).containsExactly("m");
    }
  }

  @Test
  void aDurationOfTenThousandYearsIsALimitToo() {
    Client client = client();
    SubscriptionOptions options =
        SubscriptionOptions.newBuilder()
            .setMaxDuration(com.google.protobuf.Duration.newBuilder().setSeconds(315_576_000_000L))
            .build();
    try (TestStream stream = TestStream.open(client, pattern("a").setOptions(options).build())) {
      client.publish("a", "m");
      assertThat(stream.await(1)).hasSize(1);
      assertThat(stream.isClosed()).isFalse();
    }
  }

  /** "Unsubscribe ends it with OK; another session's id: NOT_FOUND". */
  @Test
  void unsubscribeEndsAStreamOfTheSessionAlone() {
    Client client = client();
    Client stranger = client();
    try (TestStream stream = client.subscribe("a")) {
      failure(Code.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", () -> stranger.unsubscribe(stream.id()));
      assertThat(stream.isClosed()).isFalse();
      assertThat(client.unsubscribe(stream.id())).isTrue();
      stream.awaitOk();
      var status =
          failure(Code.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", () -> client.unsubscribe(stream.id()));
      assertThat(detail(status, ResourceInfo.class).map(ResourceInfo::getResourceName))
          .contains(stream.id());
      assertThat(detail(status, ErrorInfo.class).map(ErrorInfo::getDomain))
          .contains("prism.pubsub.v1");
    }
    failure(Code.NOT_FOUND, "SUBSCRIPTION_NOT_FOUND", () -> client.unsubscribe("x"));
    invalid("subscription_id", () -> client.unsubscribe(""));
  }

  @Test
  void theListIsOldestFirstAndOfTheSessionAlone() {
    Client client = client();
    try (TestStream one = client.subscribe("a.>");
        TestStream two = client.join("g", "b");
        TestStream three = client.subscribe("c");
        TestStream _ = client().subscribe("a.>")) {
      client.publish("a.x", "m");
      client.publish("a.y", "m");
      one.await(2);
      List<Subscription> all = client.list();
      assertThat(all)
          .extracting(Subscription::getSubscriptionId)
          .containsExactly(one.id(), two.id(), three.id());
      assertThat(all).extracting(Subscription::getTopicPattern).containsExactly("a.>", "b", "c");
      assertThat(all).extracting(Subscription::getMessagesReceived).containsExactly(2L, 0L, 0L);
      assertThat(all).allMatch(Subscription::getActive);
      assertThat(all.get(0).hasQueueGroup()).isFalse();
      assertThat(all.get(1).getQueueGroup()).isEqualTo("g");
      client.unsubscribe(two.id());
      assertThat(client.list()).hasSize(2);
    }
    Await.until("streams that were cancelled are gone", () -> client.list().isEmpty());
  }

  /** "subscribe to an inbox topic, publish with reply_to and correlation_id". */
  @Test
  void aRequestGetsItsReply() {
    Client asking = client();
    Client answering = client();
    try (TestStream inbox = asking.subscribe("inbox.7f3");
        TestStream requests = answering.join("workers", "math.square")) {
      for (int i = 0; i < 5; i++) {
        asking
            .pubsub()
            .publish(
                event("math.square", Integer.toString(i))
                    .setCorrelationId("r" + i)
                    .setReplyTo("inbox.7f3")
                    .build());
        Event request = requests.await(i + 1).get(i);
        int number = Integer.parseInt(request.getPayload().toStringUtf8());
        answering
            .pubsub()
            .publish(
                event(request.getReplyTo(), Integer.toString(number * number))
                    .setCorrelationId(request.getCorrelationId())
                    .build());
        Event reply = inbox.await(i + 1).get(i);
        assertThat(reply.getCorrelationId()).isEqualTo("r" + i);
        assertThat(reply.getPayload().toStringUtf8()).isEqualTo(Integer.toString(i * i));
      }
    }
  }

  /** A request that nobody answers leaves nothing in the inbox. */
  @Test
  void noRespondersIsNoEvent() {
    Client client = client();
    try (TestStream inbox = client.subscribe("inbox.1")) {
      PublishResponse published =
          client.pubsub().publish(event("nobody", "x").setReplyTo("inbox.1").build());
      assertThat(published.getSubscriberCount()).isZero();
      client.publish("inbox.1", "end");
      assertThat(inbox.awaitLast("end")).containsExactly("end");
    }
  }

  @Test
  void metadataOfAnyTextSurvives() {
    Client client = client();
    Map<String, String> facts = new HashMap<>();
    facts.put("plain", "value");
    facts.put("Plain", "another, by its case");
    facts.put("", "no name");
    facts.put("empty", "");
    facts.put(" spaces ", " around ");
    facts.put("colon:key", "a:b");
    facts.put("percent%41", "100%41 = %%");
    facts.put("a=b", "c=d");
    facts.put("größe", "naïve 日本 🦊");
    facts.put("line", "one\r\ntwo\nprism-event-id: forged\r\n\r\nbody");
    facts.put("evil\r\nprism-event-id", "forged");
    facts.put("prism-event-id", "forged");
    facts.put("Prism-Correlation-Id", "forged");
    facts.put("prism-metadata", "x=y");
    facts.put("Nats-Trace-Dest", "elsewhere");
    facts.put("nats-msg-id", "1");
    facts.put("control", "\u0000\u0001\u001f\u007f\t");
    facts.put("Status", "503");
    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      facts.put("r" + i + text(random), text(random));
    }
    try (TestStream stream = client.subscribe("a")) {
      PublishResponse published =
          client
              .pubsub()
              .publish(
                  event("a", "x")
                      .putAllMetadata(facts)
                      .setCorrelationId("ein\r\nZeichen ü")
                      .build());
      Event event = stream.await(1).getFirst();
      assertThat(event.getMetadataMap()).isEqualTo(facts);
      assertThat(event.getEventId()).isEqualTo(published.getEventId());
      assertThat(event.getCorrelationId()).isEqualTo("ein\r\nZeichen ü");
    }
  }

  private static String text(Random random) {
    int[] points =
        random
            .ints(0, 0x11000)
            .filter(point -> point < 0xD800 || point > 0xDFFF)
            .limit(random.nextInt(12))
            .toArray();
    return new String(points, 0, points.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "*",
        "a.*",
        ">",
        "a.>",
        "a.*.b",
        "a b",
        "a\tb",
        "a\r\nPUB x 0",
        "a\u0000",
        "ä",
        "a*",
        "*a.b",
        "a>"
      })
  void aMalformedTopicIsRefused(String topic) {
    Client client = client();
    invalid("topic", () -> client.publish(topic, "x"));
    invalid("reply_to", () -> client.pubsub().publish(event("a", "x").setReplyTo(topic).build()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "a.>.b",
        ">.a",
        ">.>",
        "a b",
        "a\r\nSUB > 1",
        "ä",
        "a*",
        "*a.b",
        "a.b>",
        "a.**"
      })
  void aMalformedPatternIsRefused(String pattern) {
    refused("topic_pattern", pattern(pattern));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\r\nb", "*", ">", "ä"})
  void aMalformedGroupIsRefused(String group) {
    refused("queue_group", pattern("a").setQueueGroup(group));
  }

  @Test
  void lengthsAreBounded() {
    Client client = client();
    String longest = "x".repeat(256);
    try (TestStream stream = client.subscribe(longest)) {
      client.pubsub().publish(event(longest, "x").setReplyTo(longest).build());
      assertThat(stream.await(1).getFirst().getReplyTo()).isEqualTo(longest);
    }
    String deepest = "x" + ".x".repeat(31);
    try (TestStream stream = client.subscribe("*" + ".*".repeat(31))) {
      client.publish(deepest, "x");
      assertThat(stream.await(1)).hasSize(1);
    }
    invalid("topic", () -> client.publish(longest + "x", "x"));
    invalid("topic", () -> client.publish(deepest + ".x", "x"));
    refused("topic_pattern", pattern(deepest + ".>"));
    refused("queue_group", pattern("a").setQueueGroup("g".repeat(129)));
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    refused("options.max_messages", withOptions(options -> options.setMaxMessages(0)));
    refused("options.max_messages", withOptions(options -> options.setMaxMessages(-1)));
    refused("options.max_duration", withOptions(options -> options.setMaxDuration(Durations.ZERO)));
    refused(
        "options.max_duration",
        withOptions(options -> options.setMaxDuration(Durations.fromSeconds(-1))));
    refused(
        "options.max_duration",
        withOptions(
            options ->
                options.setMaxDuration(
                    com.google.protobuf.Duration.newBuilder()
                        .setSeconds(Long.MAX_VALUE)
                        .setNanos(Integer.MAX_VALUE))));
  }

  private static SubscribeRequest.Builder withOptions(
      java.util.function.UnaryOperator<SubscriptionOptions.Builder> change) {
    return pattern("a").setOptions(change.apply(SubscriptionOptions.newBuilder()));
  }

  @Test
  void whatIsTooLargeIsRefusedAndTheLimitNamed() {
    Client client = client();
    var payload =
        failure(
            Code.INVALID_ARGUMENT,
            "LIMIT_EXCEEDED",
            () ->
                client
                    .pubsub()
                    .publish(
                        event("a", "")
                            .setPayload(ByteString.copyFrom(new byte[4 * 1024 * 1024 + 1]))
                            .build()));
    assertThat(limit(payload)).isEqualTo(Integer.toString(4 * 1024 * 1024));
    var metadata =
        failure(
            Code.INVALID_ARGUMENT,
            "LIMIT_EXCEEDED",
            () ->
                client
                    .pubsub()
                    .publish(event("a", "").putMetadata("k", "v".repeat(65536)).build()));
    assertThat(limit(metadata)).isEqualTo("65536");
    failure(
        Code.INVALID_ARGUMENT,
        "LIMIT_EXCEEDED",
        () -> client.pubsub().publish(event("a", "").setCorrelationId("v".repeat(65537)).build()));
  }

  @Test
  void anEventOfAlmostAMegabyteArrives() {
    Client client = client();
    byte[] payload = new byte[1_000_000];
    new Random(1).nextBytes(payload);
    try (TestStream stream = client.subscribe("a")) {
      client.pubsub().publish(event("a", "").setPayload(ByteString.copyFrom(payload)).build());
      assertThat(stream.await(1).getFirst().getPayload().toByteArray()).isEqualTo(payload);
    }
  }

  /** "Nothing a client sends can name another namespace's data". */
  @Test
  void namespacesNeverSeeEachOther() {
    String other = PubSubFixture.newNamespace();
    Client here = client();
    Client there = service().client(other);
    List<TestStream> listening = new ArrayList<>();
    for (String pattern :
        List.of(
            ">",
            "*",
            "*.*",
            "*.>",
            "*.*.*",
            other + ".>",
            other + ".a",
            "*.a",
            "a",
            "$SYS.>",
            "_PRISM.>",
            "_PRISM.pubsub.v1.interest",
            "_INBOX.>")) {
      listening.add(here.subscribe(pattern));
      listening.add(here.join("g", pattern));
    }
    try (TestStream theirs = there.subscribe(">");
        TestStream theirGroup = there.join("g", ">")) {
      for (int i = 0; i < 20; i++) {
        assertThat(there.publish("a", "secret " + i).getSubscriberCount()).isEqualTo(2);
        there.publish(namespace + ".a", "secret too " + i);
      }
      theirs.await(40);
      theirGroup.await(40);
      for (String topic :
          List.of(other, other + ".a", "a", namespace, "$SYS.a", "_PRISM.pubsub.v1.interest")) {
        here.pubsub().publish(event(topic, "from here").setReplyTo(other + ".a").build());
      }
      here.publish("end.end.end", "end");
      listening.getFirst().awaitLast("end");
      there.publish("end", "end");
      theirs.awaitLast("end");
      for (TestStream stream : listening) {
        assertThat(stream.payloads()).allMatch(said -> !said.contains("secret"));
      }
      assertThat(theirs.payloads()).hasSize(41).doesNotContain("from here");
      assertThat(theirGroup.payloads()).doesNotContain("from here");
    }
    listening.forEach(TestStream::close);
  }

  @Test
  void publishingAndSubscribingNeedTheirPermissions() {
    Client reader =
        service().client(service().session(namespace).permissions("pubsub:read").build());
    Client stranger =
        service().client(service().session(namespace).permissions("queue:admin").build());
    Client readOnly = service().client(service().session(namespace).readOnly().build());
    try (TestStream stream = reader.subscribe("a")) {
      assertThat(stream.isClosed()).isFalse();
      failure(Code.PERMISSION_DENIED, "PERMISSION_DENIED", () -> reader.publish("a", "x"));
      failure(Code.PERMISSION_DENIED, "PERMISSION_DENIED", stranger::list);
      failure(Code.FAILED_PRECONDITION, "SESSION_READ_ONLY", () -> readOnly.publish("a", "x"));
      assertThat(reader.unsubscribe(stream.id())).isTrue();
    }
  }

  @Test
  void aStreamEndsWithItsSession() {
    Session session = service().session(namespace).build();
    Client client = service().client(session);
    try (TestStream stream = client.subscribe("a")) {
      service()
          .server()
          .registry()
          .apply(
              List.of(
                  SessionState.newBuilder()
                      .setSessionId(session.id())
                      .setCondition(SessionCondition.SESSION_CONDITION_CLOSED)
                      .setVersion(1)
                      .build()));
      checked(Code.UNAUTHENTICATED, "SESSION_CLOSED", stream.failure());
      Client other = client();
      Await.until("it counts no more", () -> other.publish("a", "x").getSubscriberCount() == 0);
    }
  }

  private void refused(String field, SubscribeRequest.Builder request) {
    try (TestStream stream = TestStream.open(client(), request.build())) {
      assertField(field, checked(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", stream.failure()));
    }
  }

  private static void invalid(
      String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertField(field, failure(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", call));
  }

  private static void assertField(String field, com.google.rpc.Status status) {
    assertThat(detail(status, BadRequest.class).orElseThrow().getFieldViolationsList())
        .extracting(BadRequest.FieldViolation::getField)
        .containsExactly(field);
  }

  private static String limit(com.google.rpc.Status status) {
    return detail(status, ErrorInfo.class).orElseThrow().getMetadataOrThrow("limit");
  }
}
