package io.prism.timeseries.domain;

/** What makes an event one event, however often it is sent. */
public record EventIdentity(String namespace, EventKey key) {}
