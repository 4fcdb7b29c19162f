package io.prism.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import io.prism.starter.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random topics, patterns and groups: what one broker delivers, the other has to deliver too. */
final class DifferentialTest {

  private static final List<String> TOKENS = List.of("a", "b", "c");
  private static final int SUBSCRIPTIONS = 60;
  private static final int EVENTS = 300;

  /** A subscription to be; the group may be empty. */
  private record Wanted(String pattern, String group) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void bothBrokersDeliverTheSame(long seed) {
    try (PubSubFixture nats = PubSubFixture.nats();
        PubSubFixture inProcess = PubSubFixture.inProcess()) {
      assertThat(deliveries(inProcess, new Random(seed)))
          .as("in process, beside NATS")
          .isEqualTo(deliveries(nats, new Random(seed)));
    }
  }

  @Test
  void thereIsSomethingToDeliver() {
    try (PubSubFixture inProcess = PubSubFixture.inProcess()) {
      List<String> deliveries = deliveries(inProcess, new Random(1));
      assertThat(deliveries).hasSize(EVENTS).anyMatch(line -> line.contains("group g"));
    }
  }

  /** Per event: its subscriber count, which single subscriptions got it and which groups did. */
  private static List<String> deliveries(PubSubFixture service, Random random) {
    Client client = service.client(PubSubFixture.newNamespace());
    List<Wanted> wanted = new ArrayList<>();
    List<TestStream> streams = new ArrayList<>();
    for (int i = 0; i < SUBSCRIPTIONS; i++) {
      String pattern = pattern(random);
      String group = random.nextInt(3) == 0 ? "g" + random.nextInt(3) : "";
      wanted.add(new Wanted(pattern, group));
      streams.add(group.isEmpty() ? client.subscribe(pattern) : client.join(group, pattern));
    }
    List<String> sent = new ArrayList<>();
    int expected = 0;
    for (int i = 0; i < EVENTS; i++) {
      String topic = path(TOKENS, random);
      int count = client.publish(topic, Integer.toString(i)).getSubscriberCount();
      sent.add(topic + ": " + count);
      expected += count;
    }
    awaitSettled(client, streams, expected);
    TreeMap<Integer, TreeSet<String>> receivers = new TreeMap<>();
    for (int i = 0; i < SUBSCRIPTIONS; i++) {
      String group = wanted.get(i).group();
      String receiver = group.isEmpty() ? "subscription " + i : "group " + group;
      for (String payload : streams.get(i).payloads()) {
        if (!payload.equals("end")) {
          boolean first =
              receivers
                  .computeIfAbsent(Integer.parseInt(payload), any -> new TreeSet<>())
                  .add(receiver);
          assertThat(first).as("%s gets event %s once", receiver, payload).isTrue();
        }
      }
    }
    streams.forEach(TestStream::close);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      lines.add(i + " " + sent.get(i) + " " + receivers.getOrDefault(i, new TreeSet<>()));
    }
    return lines;
  }

  /** As many deliveries as were counted, and time enough for one too many. */
  private static void awaitSettled(Client client, List<TestStream> streams, int expected) {
    Await.until(
        expected + " deliveries",
        () -> streams.stream().mapToInt(stream -> stream.events().size()).sum() >= expected);
    try (TestStream last = client.subscribe("end")) {
      client.publish("end", "end");
      last.awaitLast("end");
    }
  }

  private static String pattern(Random random) {
    String pattern = path(List.of("a", "b", "c", "*"), random);
    return random.nextInt(4) == 0 ? pattern.substring(0, pattern.length() - 1) + ">" : pattern;
  }

  private static String path(List<String> tokens, Random random) {
    List<String> path = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      path.add(tokens.get(random.nextInt(tokens.size())));
    }
    return String.join(".", path);
  }
}
