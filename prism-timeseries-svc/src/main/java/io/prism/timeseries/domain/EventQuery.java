package io.prism.timeseries.domain;

import java.util.List;
import java.util.SortedMap;

/**
 * Which events are asked for, and in which order.
 *
 * @param types kinds of events; empty: all
 * @param sources where they come from; empty: all
 * @param filters dimensions that they all have; see {@link Dimensions}
 * @param descending newest first
 */
public record EventQuery(
    String namespace,
    TimeRange range,
    List<String> types,
    List<String> sources,
    SortedMap<String, String> filters,
    boolean descending) {}
