package io.prism.timeseries.domain;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an event may be, whatever the store. An event that breaks a rule is rejected by itself. */
public final class EventRules {

  /** Most events of one AppendEvents. */
  public static final int MAX_EVENTS = 10_000;

  /** Most bytes of an event's payload. */
  public static final int MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_VALUE_BYTES = 4096;
  private static final int MAX_ENTRIES = 100;

  private EventRules() {}

  /**
   * What is wrong with an event; null: nothing.
   *
   * @param id null: it has none
   * @param retentionDays days after which it would be dropped
   * @param today day that it is, counted from 1970
   */
  public static @Nullable EventFault fault(
      long timestamp,
      String type,
      String source,
      @Nullable String id,
      Map<String, String> dimensions,
      Map<String, Double> metrics,
      String payload,
      int retentionDays,
      int today) {
    if (timestamp <= 0) {
      return new EventFault(
          "TIMESTAMP_INVALID", "timestamp: " + timestamp + " (expected: Unix nanoseconds above 0)");
    }
    if (Retention.expiresDay(timestamp, retentionDays) <= today) {
      return new EventFault(
          "TIMESTAMP_EXPIRED",
          "timestamp: older than the retention of %d days".formatted(retentionDays));
    }
    if (type.isEmpty()) {
      return new EventFault("EVENT_TYPE_MISSING", "event_type: empty (expected: a name)");
    }
    EventFault fault = tooLong("EVENT_TYPE_INVALID", "event_type", type, MAX_NAME_BYTES);
    if (fault == null) {
      fault = tooLong("SOURCE_INVALID", "source", source, MAX_NAME_BYTES);
    }
    if (fault == null && id != null) {
      fault =
          id.isEmpty()
              ? new EventFault("EVENT_ID_INVALID", "event_id: empty (expected: unset or a name)")
              : tooLong("EVENT_ID_INVALID", "event_id", id, MAX_NAME_BYTES);
    }
    if (fault == null) {
      fault = dimensions(dimensions);
    }
    if (fault == null) {
      fault = metrics(metrics);
    }
    if (fault == null) {
      fault = tooLong("PAYLOAD_TOO_LARGE", "payload", payload, MAX_PAYLOAD_BYTES);
    }
    return fault;
  }

  private static @Nullable EventFault dimensions(Map<String, String> dimensions) {
    String code = "DIMENSION_INVALID";
    if (dimensions.size() > MAX_ENTRIES) {
      return tooMany(code, "dimensions", dimensions.size());
    }
    for (Map.Entry<String, String> dimension : dimensions.entrySet()) {
      EventFault fault = name(code, "dimensions", dimension.getKey());
      if (fault == null) {
        fault =
            tooLong(
                code,
                "dimensions[%s]".formatted(dimension.getKey()),
                dimension.getValue(),
                MAX_VALUE_BYTES);
      }
      if (fault != null) {
        return fault;
      }
    }
    return null;
  }

  private static @Nullable EventFault metrics(Map<String, Double> metrics) {
    String code = "METRIC_INVALID";
    if (metrics.size() > MAX_ENTRIES) {
      return tooMany(code, "metrics", metrics.size());
    }
    for (Map.Entry<String, Double> metric : metrics.entrySet()) {
      EventFault fault = name(code, "metrics", metric.getKey());
      if (fault != null) {
        return fault;
      }
      if (!Double.isFinite(metric.getValue())) {
        return new EventFault(
            code,
            "metrics[%s]: %s (expected: a finite number)"
                .formatted(metric.getKey(), metric.getValue()));
      }
    }
    return null;
  }

  private static @Nullable EventFault name(String code, String field, String name) {
    return name.isEmpty()
        ? new EventFault(code, field + ": has an empty name (expected: none)")
        : tooLong(code, field, name, MAX_NAME_BYTES);
  }

  private static EventFault tooMany(String code, String field, int found) {
    return new EventFault(
        code, "%s: %d entries (expected: at most %d)".formatted(field, found, MAX_ENTRIES));
  }

  private static @Nullable EventFault tooLong(
      String code, String field, String text, int maxBytes) {
    // Three bytes at most for each char, so that short texts need no encoding.
    if (text.length() <= maxBytes / 3) {
      return null;
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return bytes <= maxBytes
        ? null
        : new EventFault(
            code, "%s: %d bytes (expected: at most %d)".formatted(field, bytes, maxBytes));
  }
}
