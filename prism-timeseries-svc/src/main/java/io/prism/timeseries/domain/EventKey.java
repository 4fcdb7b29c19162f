package io.prism.timeseries.domain;

/**
 * What makes an event of a namespace one event, and its place in the order of all: by time, then by
 * the rest.
 *
 * @param timestamp Unix nanoseconds
 * @param id as the client named it; empty: it did not
 * @param tie tells events without an id apart; 0 for those with one
 */
public record EventKey(long timestamp, String type, String source, String id, long tie) {}
