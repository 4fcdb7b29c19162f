package io.prism.timeseries.testing;

import io.prism.timeseries.domain.AggregateCell;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventStore;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.StaleMinute;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store that takes in events when a test lets it, and fails when a test wants it to. */
public class GatedStore implements EventStore {

  private final List<List<StoredEvent>> batches = new CopyOnWriteArrayList<>();
  private final Semaphore gate = new Semaphore(0);
  private volatile @Nullable RuntimeException failure;
  private volatile Predicate<StoredEvent> refused = event -> false;

  /** Lets so many batches pass. */
  public GatedStore pass(int count) {
    gate.release(count);
    return this;
  }

  /** Lets everything pass. */
  public GatedStore open() {
    return pass(1_000_000);
  }

  /** From now on every batch fails; null: none. */
  public void fail(@Nullable RuntimeException with) {
    failure = with;
  }

  /** A batch with such an event fails as a whole. */
  public void refuse(Predicate<StoredEvent> events) {
    refused = events;
  }

  /** What was stored, batch by batch. */
  public List<List<StoredEvent>> batches() {
    return List.copyOf(batches);
  }

  public int stored() {
    return batches.stream().mapToInt(List::size).sum();
  }

  @Override
  public void append(List<StoredEvent> events) {
    gate.acquireUninterruptibly();
    RuntimeException with = failure;
    if (with != null) {
      throw with;
    }
    if (events.stream().anyMatch(refused)) {
      throw new IllegalStateException("an event that the store does not take");
    }
    batches.add(List.copyOf(events));
  }

  @Override
  public EventPage read(EventQuery query, @Nullable EventKey after, int limit, long maxBytes) {
    return new EventPage(List.of(), false);
  }

  @Override
  public List<Long> unusable(
      String namespace, Resolution resolution, TimeRange range, List<String> needs, int limit) {
    return List.of();
  }

  @Override
  public List<AggregateCell> aggregate(AggregatePlan plan) {
    return List.of();
  }

  @Override
  public void rollUp(String namespace, Collection<Long> minutes) {}

  @Override
  public List<StaleMinute> staleMinutes(int limit) {
    return List.of();
  }

  @Override
  public void expire(int today) {}
}
