package io.prism.timeseries.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AggregatePlannerTest {

  private static final long MINUTE = Resolution.MINUTE.nanos();
  private static final long HOUR = Resolution.HOUR.nanos();

  /** Buckets that may not be used, by resolution. */
  private final Map<Resolution, Set<Long>> unusable =
      new TreeMap<>(
          Map.of(
              Resolution.HOUR, new TreeSet<>(),
              Resolution.FIVE_MINUTES, new TreeSet<>(),
              Resolution.MINUTE, new TreeSet<>()));

  private final AggregatePlanner planner = new AggregatePlanner(store());

  /** A store that knows of rollups and of nothing else. */
  private EventStore store() {
    return (EventStore)
        Proxy.newProxyInstance(
            EventStore.class.getClassLoader(),
            new Class<?>[] {EventStore.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("unusable");
              TimeRange range = (TimeRange) arguments[2];
              return unusable.getOrDefault((Resolution) arguments[1], Set.of()).stream()
                  .filter(bucket -> bucket >= range.start() && bucket < range.end())
                  .limit((int) arguments[4])
                  .toList();
            });
  }

  private AggregatePlan plan(long start, long end, long bucket) {
    return planner.plan(
        new AggregateQuery(
            "ns",
            new TimeRange(start, end),
            List.of(),
            new TreeMap<>(),
            List.of(),
            true,
            List.of(AggregateFunction.COUNT),
            List.of(),
            bucket,
            100));
  }

  /** A minute that is behind, and the longer buckets that it is in. */
  private void behind(long minute) {
    for (Resolution resolution : Resolution.values()) {
      unusable.getOrDefault(resolution, new TreeSet<>()).add(resolution.floor(minute));
    }
  }

  @Test
  void wholeHoursComeFromHours() {
    AggregatePlan plan = plan(HOUR, 5 * HOUR, HOUR);
    assertThat(plan.rollups())
        .containsExactly(Map.entry(Resolution.HOUR, List.of(new TimeRange(HOUR, 5 * HOUR))));
    assertThat(plan.raw()).isEmpty();
  }

  @Test
  void edgesComeFromShorterBucketsAndEvents() {
    AggregatePlan plan = plan(HOUR - 7 * MINUTE - 1, 2 * HOUR + 1, 0);
    assertThat(plan.rollups().get(Resolution.HOUR)).containsExactly(new TimeRange(HOUR, 2 * HOUR));
    assertThat(plan.rollups().get(Resolution.FIVE_MINUTES))
        .containsExactly(new TimeRange(HOUR - 5 * MINUTE, HOUR));
    assertThat(plan.rollups().get(Resolution.MINUTE))
        .containsExactly(new TimeRange(HOUR - 7 * MINUTE, HOUR - 5 * MINUTE));
    assertThat(plan.raw())
        .containsExactly(
            new TimeRange(HOUR - 7 * MINUTE - 1, HOUR - 7 * MINUTE),
            new TimeRange(2 * HOUR, 2 * HOUR + 1));
  }

  @Test
  void aMinuteThatIsBehindIsReadFromItsEventsAndNothingElseIs() {
    behind(2 * HOUR + 33 * MINUTE);
    AggregatePlan plan = plan(0, 5 * HOUR, HOUR);
    assertThat(plan.rollups().get(Resolution.HOUR))
        .containsExactly(new TimeRange(0, 2 * HOUR), new TimeRange(3 * HOUR, 5 * HOUR));
    assertThat(plan.raw())
        .containsExactly(new TimeRange(2 * HOUR + 33 * MINUTE, 2 * HOUR + 34 * MINUTE));
  }

  @Test
  void bucketsThatRollupsDoNotFitIntoComeFromEvents() {
    assertThat(plan(0, 5 * HOUR, MINUTE + 1).raw()).containsExactly(new TimeRange(0, 5 * HOUR));
    assertThat(plan(0, 5 * HOUR, 15 * MINUTE).rollups()).containsOnlyKeys(Resolution.FIVE_MINUTES);
    assertThat(plan(0, 5 * HOUR, 2 * MINUTE).rollups()).containsOnlyKeys(Resolution.MINUTE);
  }

  @Test
  void everyTimeIsInOnePart() {
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      unusable.values().forEach(Set::clear);
      int gaps = random.nextInt(20);
      for (int gap = 0; gap < gaps; gap++) {
        behind(random.nextInt(300) * MINUTE);
      }
      long start = random.nextLong(3 * HOUR);
      long end = start + 1 + random.nextLong(3 * HOUR);
      AggregatePlan plan = plan(start, end, List.of(0L, HOUR, MINUTE).get(random.nextInt(3)));
      List<TimeRange> parts = new ArrayList<>(plan.raw());
      plan.rollups()
          .forEach(
              (resolution, ranges) -> {
                parts.addAll(ranges);
                for (TimeRange range : ranges) {
                  assertThat(LongStream.of(range.start(), range.end()))
                      .allMatch(time -> time % resolution.nanos() == 0);
                  assertThat(unusable.get(resolution))
                      .noneMatch(bucket -> bucket >= range.start() && bucket < range.end());
                }
              });
      parts.sort(Comparator.comparingLong(TimeRange::start));
      long next = start;
      for (TimeRange part : parts) {
        assertThat(part.start()).isEqualTo(next);
        next = part.end();
      }
      assertThat(next).isEqualTo(end);
    }
  }

  @Test
  void theEndOfTimeIsNoProblem() {
    AggregatePlan plan = plan(Long.MAX_VALUE - 2 * HOUR, Long.MAX_VALUE, 0);
    assertThat(plan.usesRollups()).isTrue();
    assertThat(plan(Long.MAX_VALUE - 1, Long.MAX_VALUE, 0).raw()).hasSize(1);
  }
}
