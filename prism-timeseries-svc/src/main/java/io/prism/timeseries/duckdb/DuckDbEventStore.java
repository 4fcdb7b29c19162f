package io.prism.timeseries.duckdb;

import io.prism.starter.backend.BackendGuard;
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
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps events in a DuckDB database. */
public final class DuckDbEventStore implements EventStore, AutoCloseable {

  private final Database database;
  private final Clock clock;

  /** Opens the database, which is made if it is not there. */
  public DuckDbEventStore(DuckDbSettings settings, BackendGuard guard, Clock clock) {
    this.database = new Database(settings, guard);
    this.clock = clock;
  }

  /** Whether a failure says that the database does not work; for a guard. */
  public static boolean isOutage(Throwable failure) {
    return DuckDbFailures.isOutage(failure);
  }

  /** Returns when the database works. */
  public void check() throws SQLException {
    database.check();
  }

  @Override
  public void append(List<StoredEvent> events) {
    database.append(
        link -> {
          EventTable.append(link, events);
          return events.size();
        });
  }

  @Override
  public EventPage read(EventQuery query, @Nullable EventKey after, int limit, long maxBytes) {
    int today = Retention.today(clock);
    return database.read(
        "read", link -> EventTable.read(link, query, after, limit, maxBytes, today));
  }

  @Override
  public List<Long> unusable(
      String namespace, Resolution resolution, TimeRange range, List<String> needs, int limit) {
    return database.read(
        "unusable",
        link -> RollupTables.unusable(link, namespace, resolution, range, needs, limit));
  }

  @Override
  public List<AggregateCell> aggregate(AggregatePlan plan) {
    int today = Retention.today(clock);
    return database.read("aggregate", link -> Aggregation.compute(link, plan, today));
  }

  @Override
  public void rollUp(String namespace, Collection<Long> minutes) {
    if (minutes.isEmpty()) {
      return;
    }
    database.keep(
        "roll_up",
        link -> {
          RollupTables.rollUp(link, namespace, minutes);
          return minutes.size();
        });
  }

  @Override
  public List<StaleMinute> staleMinutes(int limit) {
    return database.keep("stale_minutes", link -> RollupTables.stale(link, limit));
  }

  @Override
  public void expire(int today) {
    database.keep(
        "expire",
        link -> {
          RollupTables.expire(link, today);
          return today;
        });
  }

  @Override
  public void close() {
    database.close();
  }
}
