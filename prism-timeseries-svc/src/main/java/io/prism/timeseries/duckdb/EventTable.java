package io.prism.timeseries.duckdb;

import io.prism.timeseries.domain.EventIdentity;
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
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The events themselves. */
final class EventTable {

  /** Between the names of dimensions in a text, which a name cannot have. */
  static final char SEPARATOR = 0x1f;

  private static final String KEY = "timestamp, event_type, source, event_id, tie";

  /** Of a page, before it is known how large they are. */
  private static final int FIRST_ROWS = 200;

  private static final int ROW_BYTES = 100;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
  private static final TypeReference<Map<String, Double>> NUMBERS = new TypeReference<>() {};

  private EventTable() {}

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
    Map<EventIdentity, StoredEvent> named = new LinkedHashMap<>();
    List<StoredEvent> unknown = new ArrayList<>(events.size());
    for (StoredEvent event : events) {
      if (event.key().id().isEmpty()) {
        unknown.add(event);
      } else {
        named.putIfAbsent(event.identity(), event);
      }
    }
    if (!named.isEmpty()) {
      known(link, named.keySet()).forEach(named::remove);
      unknown.addAll(named.values());
    }
    return unknown;
  }

  private static Set<EventIdentity> known(Link link, Collection<EventIdentity> named)
      throws SQLException {
    long first = Long.MAX_VALUE;
    long last = 0;
    Set<EventIdentity> known = new HashSet<>();
    new Query()
        .add(
            """
            CREATE OR REPLACE TEMP TABLE named (
              namespace VARCHAR, timestamp BIGINT, event_type VARCHAR, source VARCHAR, event_id VARCHAR)
            """)
        .run(link);
    try (DuckDBAppender appender = link.temporaryAppender("named")) {
      for (EventIdentity identity : named) {
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
        known.add(new EventIdentity(rows.getString(1), key));
      }
    }
    return known;
  }

  static EventPage read(
      Link link, EventQuery query, @Nullable EventKey after, int limit, long maxBytes, int today)
      throws SQLException {
    List<StoredEvent> events = new ArrayList<>();
    EventKey last = after;
    long bytes = 0;
    int next = Math.min(limit, FIRST_ROWS);
    while (true) {
      List<StoredEvent> rows = rows(link, page(query, last, next, today), query.namespace());
      for (StoredEvent event : rows) {
        if (events.size() == limit || bytes >= maxBytes) {
          return new EventPage(events, true);
        }
        events.add(event);
        bytes += event.bytes();
      }
      if (rows.size() <= next) {
        return new EventPage(events, false);
      }
      last = events.getLast().key();
      // As many more as will fit if they are like those before.
      long fit = 1 + Math.max(0, maxBytes - bytes) / (bytes / events.size());
      next = Math.clamp(fit, 1, Math.max(1, limit - events.size()));
    }
  }

  private static List<StoredEvent> rows(Link link, Query page, String namespace)
      throws SQLException {
    EventScope scope = new EventScope(namespace, 0, List.of());
    List<StoredEvent> events = new ArrayList<>();
    try (PreparedStatement statement = page.prepare(link);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        events.add(event(scope, rows));
      }
    }
    return events;
  }

  /**
   * A page, and the first row of the next one. Rows are chosen by their keys before the rest of
   * them is read, which DuckDB does not do by itself: six times as fast.
   */
  static Query page(EventQuery query, @Nullable EventKey after, int limit, int today) {
    Query page =
        new Query()
            .add("SELECT " + KEY + ", payload")
            // As text, which the driver reads in a quarter of the time that maps take.
            .add(", to_json(dimensions)::VARCHAR, to_json(metrics)::VARCHAR FROM events")
            .add(" WHERE rowid IN (SELECT rowid FROM events")
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
    String order = " ORDER BY " + KEY.replace(",", direction + ",") + direction;
    return page.add(order + " LIMIT ?)", limit + 1L).add(order);
  }

  private static StoredEvent event(EventScope scope, ResultSet row) throws SQLException {
    EventKey key =
        new EventKey(
            row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getLong(5));
    String payload = row.getString(6);
    Map<String, String> dimensions = JSON.readValue(row.getString(7), TEXTS);
    Map<String, Double> metrics = JSON.readValue(row.getString(8), NUMBERS);
    int bytes =
        ROW_BYTES + payload.length() + row.getString(7).length() + row.getString(8).length();
    return new StoredEvent(scope, key, dimensions, metrics, payload, bytes);
  }
}
