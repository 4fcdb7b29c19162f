package io.prism.timeseries.domain;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What is to be computed, of which events.
 *
 * @param types kinds of events; empty: all
 * @param filters dimensions that they all have; see {@link Dimensions}
 * @param metrics empty: all, or the events themselves, if {@code countsEvents}
 * @param countsEvents whether it is events that are counted, and no metric
 * @param functions at least one, each once
 * @param groupBy see {@link Dimensions}; each once
 * @param bucketNanos width of the time buckets; 0: one for the range
 * @param limit most rows, a row being one function of one metric of a group in a bucket
 */
public record AggregateQuery(
    String namespace,
    TimeRange range,
    List<String> types,
    SortedMap<String, String> filters,
    List<String> metrics,
    boolean countsEvents,
    List<AggregateFunction> functions,
    List<String> groupBy,
    long bucketNanos,
    int limit) {

  /** What a rollup must have kept to answer: dimensions, the source being one of them. */
  public List<String> needs() {
    TreeSet<String> needs = new TreeSet<>(filters.keySet());
    needs.addAll(groupBy);
    needs.remove(Dimensions.EVENT_TYPE);
    return List.copyOf(needs);
  }

  /** Whether buckets of a rollup fall into buckets of this query as a whole. */
  public boolean takes(Resolution resolution) {
    return bucketNanos % resolution.nanos() == 0;
  }

  /** Whether it needs sketches. */
  public boolean hasQuantiles() {
    return functions.stream().anyMatch(AggregateFunction::isQuantile);
  }

  /** Most metrics of groups in buckets. */
  public int cells() {
    return (limit + functions.size() - 1) / functions.size();
  }
}
