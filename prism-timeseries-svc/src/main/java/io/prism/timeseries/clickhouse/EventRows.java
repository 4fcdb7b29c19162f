package io.prism.timeseries.clickhouse;

import io.prism.timeseries.domain.EventIdentity;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.StoredEvent;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events as rows of their table. */
final class EventRows {

  static final String TABLE = "events";

  static final List<String> COLUMNS =
      List.of(
          "namespace",
          "timestamp",
          "event_type",
          "source",
          "event_id",
          "tie",
          "dimensions",
          "metrics",
          "payload",
          "bytes",
          "expires",
          "rollup_dimensions",
          "precedence");

  /** What {@link #read} reads. */
  static final String SELECTED =
      "toUnixTimestamp64Nano(timestamp), event_type, source, event_id, tie, dimensions, metrics,"
          + " payload, toInt32(bytes)";

  private EventRows() {}

  /** One of each key: the first. */
  static Collection<StoredEvent> distinct(List<StoredEvent> events) {
    Map<EventIdentity, StoredEvent> distinct = LinkedHashMap.newLinkedHashMap(events.size());
    for (StoredEvent event : events) {
      distinct.putIfAbsent(event.identity(), event);
    }
    return distinct.values();
  }

  /**
   * What makes an event stay before those of its key that are stored later: the later, the smaller.
   * Clocks of instances differ; which of two events stays that differ by less does not matter, as
   * long as it is the same everywhere.
   */
  static long precedence(Instant now) {
    return Long.MAX_VALUE - ChronoUnit.NANOS.between(Instant.EPOCH, now);
  }

  static void write(RowBinaryWriter out, StoredEvent event, long precedence) throws IOException {
    EventKey key = event.key();
    out.string(event.scope().namespace());
    out.int64(key.timestamp());
    out.string(key.type());
    out.string(key.source());
    out.string(key.id());
    out.int64(key.tie());
    out.size(event.dimensions().size());
    for (Map.Entry<String, String> dimension : event.dimensions().entrySet()) {
      out.string(dimension.getKey());
      out.string(dimension.getValue());
    }
    out.size(event.metrics().size());
    for (Map.Entry<String, Double> metric : event.metrics().entrySet()) {
      out.string(metric.getKey());
      out.float64(metric.getValue());
    }
    out.string(event.payload());
    out.int32(event.bytes());
    out.date(event.expiresDay());
    out.strings(event.scope().rollupDimensions());
    out.int64(precedence);
  }

  /** The next event; how long it is kept is not among what is read. */
  static StoredEvent read(RowBinaryReader in, String namespace) throws IOException {
    long timestamp = in.int64();
    EventKey key = new EventKey(timestamp, in.string(), in.string(), in.string(), in.int64());
    return new StoredEvent(
        new EventScope(namespace, 0, List.of()),
        key,
        in.stringsByName(),
        in.numbersByName(),
        in.string(),
        in.int32());
  }
}
