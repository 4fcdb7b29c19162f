package io.prism.timeseries.domain;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out from what an aggregate is computed: each time from the coarsest rollup whose bucket is
 * whole within the range and within a bucket of the query, has all of its events and has kept what
 * is needed; else from the events.
 */
public final class AggregatePlanner {

  /** With more buckets than this that may not be used, finer ones are as good. */
  private static final int MAX_GAPS = 500;

  private static final List<Resolution> COARSEST_FIRST =
      List.of(Resolution.HOUR, Resolution.FIVE_MINUTES, Resolution.MINUTE);

  private final EventStore store;

  public AggregatePlanner(EventStore store) {
    this.store = store;
  }

  /** The plan of a query: takes in every event whose append returned before this began. */
  public AggregatePlan plan(AggregateQuery query) {
    Map<Resolution, List<TimeRange>> rollups = new EnumMap<>(Resolution.class);
    List<TimeRange> left = List.of(query.range());
    for (Resolution resolution : COARSEST_FIRST) {
      if (query.takes(resolution)) {
        List<TimeRange> found = new ArrayList<>();
        List<TimeRange> others = new ArrayList<>();
        for (TimeRange range : left) {
          split(query, resolution, range, found, others);
        }
        if (!found.isEmpty()) {
          rollups.put(resolution, found);
        }
        left = others;
      }
    }
    return new AggregatePlan(query, rollups, left);
  }

  private void split(
      AggregateQuery query,
      Resolution resolution,
      TimeRange range,
      List<TimeRange> found,
      List<TimeRange> others) {
    long first = resolution.ceil(range.start());
    long end = resolution.floor(range.end());
    if (first < range.start() || first >= end) {
      others.add(range);
      return;
    }
    TimeRange whole = new TimeRange(first, end);
    List<Long> gaps =
        store.unusable(query.namespace(), resolution, whole, query.needs(), MAX_GAPS + 1);
    if (gaps.size() > MAX_GAPS) {
      others.add(range);
      return;
    }
    long left = range.start();
    long next = first;
    for (long gap : gaps) {
      if (next < gap) {
        add(others, left, next);
        found.add(new TimeRange(next, gap));
        left = gap;
      }
      next = gap + resolution.nanos();
    }
    if (next < end) {
      add(others, left, next);
      found.add(new TimeRange(next, end));
      left = end;
    }
    add(others, left, range.end());
  }

  private static void add(List<TimeRange> ranges, long start, long end) {
    if (start < end) {
      ranges.add(new TimeRange(start, end));
    }
  }
}
