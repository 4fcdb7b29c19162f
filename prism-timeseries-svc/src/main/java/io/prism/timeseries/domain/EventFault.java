package io.prism.timeseries.domain;

/**
 * Why an event is rejected.
 *
 * @param code upper snake case, wire API
 * @param message with the offending and the expected value
 */
public record EventFault(String code, String message) {}
