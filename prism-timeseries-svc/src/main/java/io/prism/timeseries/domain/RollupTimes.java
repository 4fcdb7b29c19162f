package io.prism.timeseries.domain;

import java.time.Duration;

/**
 * When rollups are brought up to date.
 *
 * @param settle how long nothing may have come for a minute before it is rolled up
 * @param atLatest after how long it is rolled up even if events keep coming
 * @param scan how often the store is asked for minutes that were left behind
 * @param expire how often what is expired is dropped
 */
public record RollupTimes(Duration settle, Duration atLatest, Duration scan, Duration expire) {}
