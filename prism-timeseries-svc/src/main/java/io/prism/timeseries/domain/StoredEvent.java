package io.prism.timeseries.domain;

import java.util.Map;

/**
 * An event as it is stored.
 *
 * @param key its place among the events of its namespace
 * @param payload anything else
 * @param bytes about what it takes in memory
 */
public record StoredEvent(
    EventScope scope,
    EventKey key,
    Map<String, String> dimensions,
    Map<String, Double> metrics,
    String payload,
    int bytes) {

  /** What it has in common with what is the same event. */
  public EventIdentity identity() {
    return new EventIdentity(scope.namespace(), key);
  }

  /** The first day, counted from 1970, on which the event is gone. */
  public int expiresDay() {
    return Retention.expiresDay(key.timestamp(), scope.retentionDays());
  }
}
