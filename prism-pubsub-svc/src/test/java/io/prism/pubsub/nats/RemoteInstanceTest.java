package io.prism.pubsub.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.pubsub.domain.GroupName;
import io.prism.pubsub.domain.Interest;
import io.prism.pubsub.domain.SubscriberCounts;
import io.prism.pubsub.domain.Topic;
import io.prism.pubsub.domain.TopicPattern;
import io.prism.pubsub.internal.v1.Announcement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RemoteInstanceTest {

  private static final int KINDS = 40;

  private final SubscriberCounts counts = new SubscriberCounts();
  private final RemoteInstance remote = new RemoteInstance(counts);
  private final Announcements announcements = new Announcements("one");
  private final Map<Interest, Integer> all = new HashMap<>();

  private static Interest interest(int number) {
    return new Interest(
        TopicPattern.of("pattern", "ns", number % 2 == 0 ? "t" + number / 2 : "*"),
        number % 5 == 0 ? GroupName.of("ns", "g" + number) : null);
  }

  private boolean hear(Announcement said) {
    return remote.hear(said, 0);
  }

  private Announcement change(int number, int count) {
    all.merge(interest(number), count, (before, after) -> after);
    all.values().removeIf(left -> left == 0);
    return announcements.change(interest(number), count);
  }

  private int count(int number) {
    return counts.matching(Topic.of("topic", "ns", "t" + number));
  }

  @Test
  void whoHasMissedSomethingNeedsASnapshotAndKeepsWhatItKnowsUntilThen() {
    assertThat(hear(change(2, 1))).as("the first that there is").isTrue();
    assertThat(count(1)).isEqualTo(1);
    Announcement _ = change(2, 5);
    assertThat(hear(change(4, 1))).as("after one that was missed").isFalse();
    assertThat(hear(announcements.heartbeat())).isFalse();
    assertThat(count(1)).isEqualTo(1);
    announcements.snapshot(all).forEach(part -> assertThat(hear(part)).isTrue());
    assertThat(hear(announcements.heartbeat())).isTrue();
    assertThat(count(1)).isEqualTo(5);
    assertThat(count(2)).isEqualTo(1);
    remote.forget();
    assertThat(count(1)).isZero();
  }

  @Test
  void aSnapshotInPartsCountsWhenItIsWhole() {
    for (int i = 0; i < 1200; i++) {
      Announcement _ = change(i * 2 + 2, 1);
    }
    List<Announcement> parts = announcements.snapshot(all);
    assertThat(parts).hasSizeGreaterThan(1);
    hear(parts.getFirst());
    assertThat(hear(parts.getLast())).as("one part is missing").isEqualTo(parts.size() == 2);
    List<Announcement> again = announcements.snapshot(all);
    again.forEach(part -> assertThat(hear(part)).isTrue());
    assertThat(count(700)).isEqualTo(1);
    assertThat(hear(announcements.heartbeat())).isTrue();
  }

  /** Whatever is lost on the way: once a snapshot has arrived, counts are exact. */
  @Test
  void countsAreExactAfterAnyLosses() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      boolean needsSnapshot = false;
      for (int i = random.nextInt(10); i >= 0; i--) {
        Announcement said = change(random.nextInt(KINDS), random.nextInt(4));
        if (random.nextInt(4) != 0) {
          needsSnapshot |= !hear(said);
        }
      }
      needsSnapshot |= !hear(announcements.heartbeat());
      if (needsSnapshot) {
        announcements.snapshot(all).forEach(this::hear);
      }
      SubscriberCounts expected = new SubscriberCounts();
      all.forEach(expected::change);
      for (int topic = 0; topic < KINDS / 2; topic++) {
        assertThat(count(topic))
            .as("topic %d in round %d", topic, round)
            .isEqualTo(expected.matching(Topic.of("topic", "ns", "t" + topic)));
      }
    }
  }
}
