package io.prism.timeseries.domain;

/**
 * A minute whose rollup does not have all of its events.
 *
 * @param start Unix nanoseconds
 */
public record StaleMinute(String namespace, long start) {}
