package io.prism.timeseries.domain;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where events and their rollups are kept. Everything blocks, for as long as the store's time
 * limits allow and no longer than the call lasts that it is for. Nothing of one namespace is ever
 * in an answer for another.
 *
 * <p>Everything fails with {@code PrismException}: BACKEND_UNAVAILABLE when the store is out of
 * reach, DEADLINE_EXCEEDED, OVERLOADED.
 */
public interface EventStore {

  /**
   * Stores events, of any namespaces. When it returns they are durable, and seen by everything that
   * begins afterwards. An event with an id that is there already stays as it is, whoever stores it
   * at the same time. After a failure some may be stored; to store the same again is safe, and
   * leaves each there once.
   */
  void append(List<StoredEvent> events);

  /**
   * Reads events in the query's order.
   *
   * @param after only those after this place in the query's order; null: from the first
   * @param limit most events
   * @param maxBytes a page ends with the event that makes it this large
   */
  EventPage read(EventQuery query, @Nullable EventKey after, int limit, long maxBytes);

  /**
   * The rollup buckets in a range that may not be used: events were stored that they do not have,
   * or they have not kept a dimension that is needed. Buckets without events are not among them.
   *
   * @param range from the start of a bucket to the start of another
   * @param limit most buckets
   * @return starts of buckets, ascending
   */
  List<Long> unusable(
      String namespace, Resolution resolution, TimeRange range, List<String> needs, int limit);

  /**
   * Computes an aggregate.
   *
   * @return by bucket, group and metric, at most {@link AggregateQuery#cells()}
   */
  List<AggregateCell> aggregate(AggregatePlan plan);

  /**
   * Computes the rollups of some minutes from their events, and those of the longer buckets that
   * they are in from the shorter ones. Takes in every event whose append returned before this
   * began.
   *
   * @param minutes starts of minutes
   */
  void rollUp(String namespace, Collection<Long> minutes);

  /**
   * Minutes whose rollup does not have all of their events.
   *
   * @param limit most of them
   */
  List<StaleMinute> staleMinutes(int limit);

  /**
   * Drops what is expired.
   *
   * @param today day that it is, counted from 1970
   */
  void expire(int today);
}
