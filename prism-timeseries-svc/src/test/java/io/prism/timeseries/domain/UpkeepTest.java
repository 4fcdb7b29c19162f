package io.prism.timeseries.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.starter.testing.Await;
import io.prism.timeseries.testing.GatedStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpkeepTest {

  private static final long MINUTE = Resolution.MINUTE.nanos();
  private static final Duration LONG = Duration.ofHours(1);

  /** Tells what is asked of it. */
  private static final class Store extends GatedStore {

    private final Set<StaleMinute> rolledUp = ConcurrentHashMap.newKeySet();
    private final Set<StaleMinute> failing = ConcurrentHashMap.newKeySet();
    private final List<StaleMinute> left = new CopyOnWriteArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger expired = new AtomicInteger();
    private final Semaphore runsAllowed = new Semaphore(1_000_000);

    @Override
    public void rollUp(String namespace, Collection<Long> minutes) {
      runs.incrementAndGet();
      runsAllowed.acquireUninterruptibly();
      List<StaleMinute> asked =
          minutes.stream().map(minute -> new StaleMinute(namespace, minute)).toList();
      if (asked.stream().anyMatch(failing::contains)) {
        throw new IllegalStateException("a minute that cannot be rolled up");
      }
      rolledUp.addAll(asked);
    }

    @Override
    public List<StaleMinute> staleMinutes(int limit) {
      return left;
    }

    @Override
    public void expire(int today) {
      expired.set(today);
    }
  }

  private final Store store = new Store();

  private Upkeep upkeep(Duration settle, Duration atLatest) {
    return new Upkeep(store, new RollupTimes(settle, atLatest, LONG, LONG), Clock.systemUTC());
  }

  private static StoredEvent event(String namespace, long minute) {
    return new StoredEvent(
        new EventScope(namespace, 90, List.of()),
        new EventKey(minute * MINUTE + 7, "x", "", "a", 0),
        Map.of(),
        Map.of(),
        "",
        100);
  }

  private static StaleMinute minute(String namespace, long minute) {
    return new StaleMinute(namespace, minute * MINUTE);
  }

  @Test
  void minutesOfEventsAreRolledUpWhenNothingMoreComes() {
    try (Upkeep upkeep = upkeep(Duration.ofMillis(10), LONG)) {
      upkeep.touched(List.of(event("a", 1), event("a", 1), event("b", 1), event("a", 2)));
      Await.until("all are rolled up", () -> upkeep.behind() == 0);
    }
    assertThat(store.rolledUp)
        .containsExactlyInAnyOrder(minute("a", 1), minute("b", 1), minute("a", 2));
  }

  @Test
  void aMinuteThatEventsKeepComingForIsRolledUpAtLatest() {
    try (Upkeep upkeep = upkeep(LONG, Duration.ofMillis(300))) {
      Await.until(
          "it is rolled up",
          () -> {
            upkeep.touched(List.of(event("a", 1)));
            return store.rolledUp.contains(minute("a", 1));
          });
    }
  }

  @Test
  void whatComesDuringARunIsRolledUpByTheNext() {
    store.runsAllowed.drainPermits();
    try (Upkeep upkeep = upkeep(Duration.ofMillis(10), LONG)) {
      upkeep.touched(List.of(event("a", 1)));
      Await.until("a run", () -> store.runs.get() == 1);
      upkeep.touched(List.of(event("a", 1)));
      store.runsAllowed.release(1_000_000);
      Await.until("another run", () -> store.runs.get() == 2 && upkeep.behind() == 0);
    }
  }

  @Test
  void whatOthersHaveLeftIsFoundAndWhatIsExpiredDropped() {
    store.left.add(minute("left", 5));
    try (Upkeep upkeep = upkeep(Duration.ofMillis(10), LONG)) {
      Await.until("it is rolled up", () -> store.rolledUp.contains(minute("left", 5)));
      Await.until("it is expired", () -> store.expired.get() > 0);
      assertThat(upkeep.behind()).isZero();
    }
    assertThat(store.expired).hasValue(Retention.today(Clock.systemUTC()));
  }

  @Test
  void aMinuteThatCannotBeRolledUpKeepsNoOtherWaiting() {
    store.failing.add(minute("a", 3));
    try (Upkeep upkeep = upkeep(Duration.ofMillis(10), LONG)) {
      upkeep.touched(IntStream.range(0, 200).mapToObj(i -> event("a", i)).toList());
      upkeep.touched(List.of(event("b", 1)));
      Await.until("all others are rolled up", () -> upkeep.behind() == 1);
      assertThat(store.rolledUp).hasSize(200).doesNotContain(minute("a", 3));
      store.failing.clear();
      Await.until("it too", () -> upkeep.behind() == 0);
    }
  }
}
