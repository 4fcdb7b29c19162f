package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.domain.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Events and queries for tests. */
final class Events {

  static final long MINUTE = Duration.ofMinutes(1).toNanos();
  static final long HOUR = Duration.ofHours(1).toNanos();

  /** ClickHouse drops what has expired by its own clock, so that no time can be a fixed one. */
  @SuppressWarnings("TimeInStaticInitializer")
  static final Instant NOW = Instant.now();

  /** Start of an hour some days ago. */
  static final long START =
      Resolution.HOUR.floor(
          NOW.minus(Duration.ofDays(5)).getEpochSecond() * TimeUnit.SECONDS.toNanos(1));

  private Events() {}

  static String newNamespace() {
    return "ns-" + UUID.randomUUID();
  }

  static EventScope scope(String namespace, String... rollupDimensions) {
    return new EventScope(namespace, 90, List.of(rollupDimensions));
  }

  static StoredEvent event(EventScope scope, long time, String id) {
    return event(scope, new EventKey(time, "click", "web", id, 0), Map.of(), Map.of());
  }

  static StoredEvent event(
      EventScope scope, EventKey key, Map<String, String> dimensions, Map<String, Double> metrics) {
    return event(scope, key, dimensions, metrics, "");
  }

  static StoredEvent event(
      EventScope scope,
      EventKey key,
      Map<String, String> dimensions,
      Map<String, Double> metrics,
      String payload) {
    return new StoredEvent(scope, key, dimensions, metrics, payload, 100 + payload.length());
  }

  /** What a store gives back of an event. */
  static StoredEvent read(StoredEvent event) {
    return new StoredEvent(
        new EventScope(event.scope().namespace(), 0, List.of()),
        event.key(),
        event.dimensions(),
        event.metrics(),
        event.payload(),
        event.bytes());
  }

  static EventQuery all(String namespace, boolean descending) {
    return query(namespace, List.of(), List.of(), Map.of(), descending);
  }

  static EventQuery query(
      String namespace,
      List<String> types,
      List<String> sources,
      Map<String, String> filters,
      boolean descending) {
    return new EventQuery(
        namespace,
        new TimeRange(0, Long.MAX_VALUE),
        types,
        sources,
        new TreeMap<>(filters),
        descending);
  }
}
