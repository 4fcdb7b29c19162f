package io.prism.timeseries.domain;

import java.time.Duration;

/**
 * How events are gathered before they are stored.
 *
 * @param batchEvents a batch is stored when it has so many events
 * @param batchBytes or is so large
 * @param linger or its first event has waited so long
 * @param bufferBytes most bytes of events that are not stored yet; more are refused
 * @param writers how many batches are stored at a time
 * @param stopTime how long the last batches may take when the service stops
 */
public record IngestLimits(
    int batchEvents,
    long batchBytes,
    Duration linger,
    long bufferBytes,
    int writers,
    Duration stopTime) {}
