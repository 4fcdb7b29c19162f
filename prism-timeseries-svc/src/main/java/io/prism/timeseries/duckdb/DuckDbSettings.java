package io.prism.timeseries.duckdb;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the database is used.
 *
 * @param folder that holds its files; for one process at a time
 * @param readers how many queries run at a time
 * @param maxWaiting most queries that wait for one of them
 * @param memoryBytes most memory of the database, beside the heap
 * @param timeLimit of a query
 */
public record DuckDbSettings(
    Path folder, int readers, int maxWaiting, long memoryBytes, Duration timeLimit) {}
