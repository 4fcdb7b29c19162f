package io.prism.timeseries.domain;

import java.util.List;
import java.util.Map;

/**
 * From what an aggregate is computed: every time of its range is in exactly one part.
 *
 * @param rollups parts by resolution, each of whole buckets
 * @param raw parts that only the events themselves answer
 */
public record AggregatePlan(
    AggregateQuery query, Map<Resolution, List<TimeRange>> rollups, List<TimeRange> raw) {

  /** Whether rollups have a part in it. */
  public boolean usesRollups() {
    return !rollups.isEmpty();
  }
}
