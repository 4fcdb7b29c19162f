package io.prism.timeseries.duckdb;

import io.prism.timeseries.domain.EventKey;
import io.prism.timeseries.domain.EventPage;
import io.prism.timeseries.domain.EventQuery;
import io.prism.timeseries.domain.EventScope;
import io.prism.timeseries.domain.Resolution;
import io.prism.timeseries.domain.StaleMinute;
import io.prism.timeseries.domain.StoredEvent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** The events themselves. */
final class EventTable {

  /** Between the names of dimensions in a text, which a name cannot have. */
  static final char SEPARATOR = 0x1f;

  private static final String KEY = "timestamp, event_type, source, event_id, tie";

  private EventTable() {}

  /** Which event an event is, whatever the order. */
  private record Identity(String namespace, EventKey key) {

    static Identity of(StoredEvent event) {
      return new Identity(event.scope().namespace(), event.key());
    }
  }

  /** How many events a minute gets, and when the last of them expires. */
  private record Got(long events, int expires) {}

  static void append(Link link, List<StoredEvent> events) throws SQLException {
    Collection<StoredEvent> unknown = withoutKnown(link, events);
    if (unknown.isEmpty()) {
      return;
    }
    Map<StaleMinute, Got> minutes = new HashMap<>();
    try (DuckDBAppender appender = link.appender("events")) {
      for (StoredEvent event : unknown) {
        append(appender, event);
        minutes.merge(
            new StaleMinute(
                event.scope().namespace(), Resolution.MINUTE.floor(event.key().timestamp())),
            new Got(1, event.expiresDay()),
            (a, b) -> new Got(a.events() + b.events(), Math.max(a.expires(), b.expires())));
      }
    }
    touch(link, minutes);
  }

  private static void append(DuckDBAppender appender, StoredEvent event) throws SQLException {
    EventKey key = event.key();
    appender
        .beginRow()
        .append(event.scope().namespace())
        .append(key.timestamp())
        .append(key.type())
        .append(key.source())
        .append(key.id())
        .append(key.tie())
        .append(event.dimensions())
        .append(event.metrics())
        .append(event.payload())
        .append(event.expiresDay())
        .append(String.join(String.valueOf(SEPARATOR), event.scope().rollupDimensions()))
        .endRow();
  }

  private static void touch(Link link, Map<StaleMinute, Got> minutes) throws SQLException {
    for (Map.Entry<StaleMinute, Got> minute : minutes.entrySet()) {
      new Query()
          .add(
              """
              INSERT INTO touched VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                events = touched.events + excluded.events,
                expires = greatest(touched.expires, excluded.expires)
              """,
              minute.getKey().namespace(),
              minute.getKey().start(),
              minute.getValue().events(),
              minute.getValue().expires())
          .run(link);
    }
  }

  /** Leaves out what is twice among the events, or stored already. Appends are one at a time. */
  private static Collection<StoredEvent> withoutKnown(Link link, List<StoredEvent> events)
      throws SQLException {
    Map<Identity, StoredEvent> named = new LinkedHashMap<>();
    List<StoredEvent> unknown = new ArrayList<>(events.size());
    for (StoredEvent event : events) {
      if (event.key().id().isEmpty()) {
        unknown.add(event);
      } else {
        named.putIfAbsent(Identity.of(event), event);
      }
    }
    if (!named.isEmpty()) {
      known(link, named.keySet()).forEach(named::remove);
      unknown.addAll(named.values());
    }
    return unknown;
  }

  private static Set<Identity> known(Link link, Collection<Identity> named) throws SQLException {
    long first = Long.MAX_VALUE;
    long last = 0;
    Set<Identity> known = new HashSet<>();
    new Query()
        .add(
            """
            CREATE OR REPLACE TEMP TABLE named (
              namespace VARCHAR, timestamp BIGINT, event_type VARCHAR, source VARCHAR, event_id VARCHAR)
            """)
        .run(link);
    try (DuckDBAppender appender = link.temporaryAppender("named")) {
      for (Identity identity : named) {
        EventKey key = identity.key();
        first = Math.min(first, key.timestamp());
        last = Math.max(last, key.timestamp());
        appender
            .beginRow()
            .append(identity.namespace())
            .append(key.timestamp())
            .append(key.type())
            .append(key.source())
            .append(key.id())
            .endRow();
      }
    }
    Query query =
        new Query()
            .add(
                """
                SELECT namespace, timestamp, event_type, source, event_id FROM events
                SEMI JOIN named USING (namespace, timestamp, event_type, source, event_id)
                WHERE timestamp BETWEEN ? AND ?
                """,
                first,
                last);
    try (PreparedStatement statement = query.prepare(link);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        EventKey key =
            new EventKey(
                rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5), 0);
        known.add(new Identity(rows.getString(1), key));
      }
    }
    return known;
  }

  static EventPage read(
      Link link, EventQuery query, @Nullable EventKey after, int limit, long maxBytes, int today)
      throws SQLException {
    List<StoredEvent> events = new ArrayList<>();
    EventScope scope = new EventScope(query.namespace(), 0, List.of());
    long bytes = 0;
    try (PreparedStatement statement = page(query, after, limit, today).prepare(link);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        if (events.size() == limit || bytes >= maxBytes) {
          return new EventPage(events, true);
        }
        StoredEvent event = event(scope, rows);
        events.add(event);
        bytes += event.bytes();
      }
    }
    return new EventPage(events, false);
  }

  static Query page(EventQuery query, @Nullable EventKey after, int limit, int today) {
    Query page =
        new Query()
            .add("SELECT " + KEY + ", dimensions, metrics, payload FROM events")
            .add(" WHERE namespace = ? AND expires > ?", query.namespace(), today)
            .add(
                " AND timestamp >= ? AND timestamp < ?", query.range().start(), query.range().end())
            .andIn("event_type", query.types())
            .andIn("source", query.sources());
    Conditions.addFilters(page, query.filters());
    String direction = query.descending() ? " DESC" : "";
    if (after != null) {
      String beyond = query.descending() ? "<" : ">";
      page.add(" AND timestamp " + beyond + "= ?", after.timestamp())
          .add(
              " AND (" + KEY + ") " + beyond + " (?, ?, ?, ?, ?)",
              after.timestamp(),
              after.type(),
              after.source(),
              after.id(),
              after.tie());
    }
    return page.add(" ORDER BY " + KEY.replace(",", direction + ",") + direction)
        .add(" LIMIT ?", limit + 1L);
  }

  private static StoredEvent event(EventScope scope, ResultSet row) throws SQLException {
    EventKey key =
        new EventKey(
            row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getLong(5));
    Map<String, String> dimensions = entries(row.getObject(6), String.class);
    Map<String, Double> metrics = entries(row.getObject(7), Double.class);
    String payload = row.getString(8);
    int bytes = 64 + payload.length() + 32 * metrics.size() + 64 * dimensions.size();
    return new StoredEvent(scope, key, dimensions, metrics, payload, bytes);
  }

  private static <V> Map<String, V> entries(Object map, Class<V> type) {
    Map<String, V> entries = new HashMap<>();
    ((Map<?, ?>) map).forEach((name, value) -> entries.put((String) name, type.cast(value)));
    return entries;
  }
}
