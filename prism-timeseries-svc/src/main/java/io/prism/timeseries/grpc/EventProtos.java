package io.prism.timeseries.grpc;

import io.prism.config.v1.TimeSeriesConfig;
import io.prism.starter.auth.Session;
import io.prism.timeseries.domain.EventFault;
import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventRules;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.StoredEvent;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.EventError;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Between events of the wire and those that are stored. */
final class EventProtos {

  /** About what an event takes in memory beside its text. */
  private static final int OVERHEAD_BYTES = 200;

  private EventProtos() {}

  static EventScope scope(Session session) {
    TimeSeriesConfig config = session.config().getTimeseries();
    return EventScope.of(
        session.namespace(), config.getRetentionDays(), config.getRollupDimensionsList());
  }

  static @Nullable EventFault fault(EventScope scope, Event event, int today) {
    return EventRules.fault(
        event.getTimestamp(),
        event.getEventType(),
        event.getSource(),
        event.hasEventId() ? event.getEventId() : null,
        event.getDimensionsMap(),
        event.getMetricsMap(),
        event.getPayload(),
        scope.retentionDays(),
        today);
  }

  static StoredEvent stored(EventScope scope, Event event) {
    // An event without an id is a new one, whatever else is the same.
    long tie = event.hasEventId() ? 0 : ThreadLocalRandom.current().nextLong() | 1;
    return new StoredEvent(
        scope,
        new EventKey(
            event.getTimestamp(), event.getEventType(), event.getSource(), event.getEventId(), tie),
        event.getDimensionsMap(),
        event.getMetricsMap(),
        event.getPayload(),
        OVERHEAD_BYTES + event.getSerializedSize());
  }

  static EventError error(long index, EventFault fault) {
    return EventError.newBuilder()
        .setIndex(index)
        .setCode(fault.code())
        .setMessage(fault.message())
        .build();
  }

  static Event event(StoredEvent stored) {
    EventKey key = stored.key();
    Event.Builder event =
        Event.newBuilder()
            .setTimestamp(key.timestamp())
            .setEventType(key.type())
            .setSource(key.source())
            .putAllDimensions(stored.dimensions())
            .putAllMetrics(stored.metrics())
            .setPayload(stored.payload());
    if (!key.id().isEmpty()) {
      event.setEventId(key.id());
    }
    return event.build();
  }
}
