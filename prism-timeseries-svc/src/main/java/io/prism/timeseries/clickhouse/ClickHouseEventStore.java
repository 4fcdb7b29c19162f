package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.AggregateCell;
import io.prism.timeseries.domain.AggregatePlan;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventStore;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.Retention;
import io.prism.timeseries.domain.StaleMinute;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events in ClickHouse. The namespace leads the key of every table and is in the condition of every
 * statement. An event may be there more than once, since nothing is looked up before it is stored;
 * whatever is read takes one row of each key, the same everywhere.
 */
public final class ClickHouseEventStore implements EventStore {

  private final ClickHouseLink link;
  private final Clock clock;
  private final EventPages pages;
  private final Rollups rollups;
  private final Freshness freshness;

  /**
   * @param clock by whose day events are expired
   */
  public ClickHouseEventStore(ClickHouseLink link, Clock clock) {
    this.link = link;
    this.clock = clock;
    this.pages = new EventPages(link);
    this.rollups = new Rollups(link);
    this.freshness = new Freshness(link);
  }

  @Override
  public void append(List<StoredEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    Collection<StoredEvent> distinct = EventRows.distinct(events);
    long precedence = EventRows.precedence(Instant.now());
    link.insert(
        "append",
        EventRows.TABLE,
        EventRows.COLUMNS,
        rows -> {
          for (StoredEvent event : distinct) {
            EventRows.write(rows, event, precedence);
          }
        });
  }

  @Override
  public EventPage read(EventQuery query, @Nullable EventKey after, int limit, long maxBytes) {
    return pages.read(query, after, limit, maxBytes, today());
  }

  @Override
  public List<Long> unusable(
      String namespace, Resolution resolution, TimeRange range, List<String> needs, int limit) {
    return freshness.unusable(namespace, resolution, range, needs, limit);
  }

  @Override
  public List<AggregateCell> aggregate(AggregatePlan plan) {
    if (plan.raw().isEmpty() && !plan.usesRollups()) {
      return List.of();
    }
    return link.read(
        "aggregate", AggregateSql.of(plan, today()), rows -> Aggregates.read(plan.query(), rows));
  }

  @Override
  public void rollUp(String namespace, Collection<Long> minutes) {
    rollups.rollUp(namespace, minutes);
  }

  @Override
  public List<StaleMinute> staleMinutes(int limit) {
    return freshness.staleMinutes(limit);
  }

  /**
   * Does nothing: the tables have a time to live by which ClickHouse drops rows, some time after
   * they have expired. Until then no answer has them.
   */
  @Override
  public void expire(int today) {}

  private int today() {
    return Retention.today(clock);
  }
}
