package io.prism.timeseries.domain;

import java.util.List;

/**
 * What was computed of one metric of a group in a time bucket.
 *
 * @param bucketStart Unix nanoseconds
 * @param group values of the dimensions that were grouped by, in the query's order
 * @param metric empty: the events were counted
 * @param values of the query's functions, in its order
 */
public record AggregateCell(
    long bucketStart, List<String> group, String metric, List<Double> values) {}
