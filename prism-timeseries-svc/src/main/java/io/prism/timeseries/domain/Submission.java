package io.prism.timeseries.domain;

import java.util.List;

/**
 * Events that are stored together, or fail together.
 *
 * @param bytes of all
 * @param keep whether they were promised already: they are tried again until they are stored
 */
public record Submission(List<StoredEvent> events, long bytes, boolean keep, Receipt receipt) {}
