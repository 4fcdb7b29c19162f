package io.prism.queue.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AckTrackerTest {

  private final AckTracker tracker = new AckTracker();

  private void delivered(long... offsets) {
    for (long offset : offsets) {
      tracker.delivered(offset, AckTracker.NEVER);
    }
  }

  @Test
  void thePrefixEndsAtTheFirstUnacknowledgedMessage() {
    assertThat(tracker.uncommitted())
        .as("nothing is known before the first delivery")
        .isEqualTo(-1);
    delivered(5, 6, 7);
    assertThat(tracker.prefix()).isEqualTo(5);
    assertThat(tracker.acknowledge(6)).isTrue();
    assertThat(tracker.prefix()).isEqualTo(5);
    assertThat(tracker.acknowledge(5)).isTrue();
    assertThat(tracker.uncommitted()).isEqualTo(7);
    tracker.committed(7);
    assertThat(tracker.uncommitted()).isEqualTo(-1);
    assertThat(tracker.acknowledge(7)).isTrue();
    assertThat(tracker.prefix()).isEqualTo(8);
    assertThat(tracker.acknowledge(7)).as("once").isFalse();
  }

  @Test
  void gapsOfCompactionAreNoMessages() {
    delivered(1, 5, 100, 101);
    assertThat(tracker.acknowledge(2)).isFalse();
    assertThat(tracker.acknowledge(100)).isTrue();
    assertThat(tracker.acknowledge(1)).isTrue();
    assertThat(tracker.prefix()).isEqualTo(5);
    assertThat(tracker.acknowledge(5)).isTrue();
    assertThat(tracker.prefix()).isEqualTo(101);
  }

  @Test
  void whatIsOverdueIsDueOnceUntilItIsDeliveredAgain() {
    tracker.delivered(1, 10);
    tracker.delivered(2, 20);
    tracker.expire(15);
    assertThat(tracker.lowestDue()).isEqualTo(1);
    assertThat(tracker.queue(2)).as("not due").isZero();
    assertThat(tracker.queue(1)).as("delivered once").isEqualTo(1);
    assertThat(tracker.queue(1)).as("queued already").isZero();
    assertThat(tracker.lowestDue()).isEqualTo(-1);
    assertThat(tracker.redelivered(1, 30)).isTrue();
    tracker.expire(40);
    assertThat(tracker.queue(1)).as("delivered twice").isEqualTo(2);
  }

  @Test
  void aLateAcknowledgementSparesTheRedelivery() {
    tracker.delivered(1, 10);
    tracker.expire(10);
    assertThat(tracker.queue(1)).isEqualTo(1);
    assertThat(tracker.acknowledge(1)).isTrue();
    assertThat(tracker.redelivered(1, 30)).isFalse();
    assertThat(tracker.outstanding()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void itAgreesWithASimpleModel(long seed) {
    Random random = new Random(seed);
    TreeMap<Long, Boolean> model = new TreeMap<>();
    long end = -1;
    for (int step = 0; step < 4_000; step++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          end = end + 1 + (random.nextInt(20) == 0 ? random.nextInt(50) : 0);
          delivered(end);
          model.put(end, true);
        }
        case 2 -> {
          List<Long> open = new ArrayList<>();
          model.forEach((offset, isOpen) -> open.add(offset));
          long offset =
              open.isEmpty() || random.nextInt(10) == 0
                  ? random.nextLong(Math.max(1, end + 10))
                  : open.get(random.nextInt(Math.min(open.size(), 64)));
          boolean expected = model.getOrDefault(offset, false);
          assertThat(tracker.acknowledge(offset)).isEqualTo(expected);
          model.replace(offset, false);
        }
        default -> {
          if (random.nextInt(50) == 0 && !model.isEmpty()) {
            long below = model.firstKey() + random.nextInt(100);
            int expected =
                (int) model.headMap(below).values().stream().filter(Boolean::booleanValue).count();
            assertThat(tracker.acknowledgeBelow(below)).isEqualTo(expected);
            model.headMap(below).replaceAll((offset, isOpen) -> false);
            end = Math.max(end, below - 1);
          }
        }
      }
      while (!model.isEmpty() && !model.firstEntry().getValue()) {
        model.pollFirstEntry();
      }
      long prefix = end < 0 ? -1 : end + 1;
      assertThat(tracker.prefix()).isEqualTo(model.isEmpty() ? prefix : model.firstKey());
      assertThat(tracker.span()).isEqualTo(model.size());
    }
    assertThat(tracker.outstanding())
        .isEqualTo((int) model.values().stream().filter(Boolean::booleanValue).count());
  }
}
