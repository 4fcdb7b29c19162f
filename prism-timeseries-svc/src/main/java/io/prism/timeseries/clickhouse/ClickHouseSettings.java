package io.prism.timeseries.clickhouse;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where ClickHouse is, and how it is talked to.
 *
 * @param endpoint of its HTTP interface
 * @param database that holds the tables; made if it is not there
 * @param password null: none
 * @param compression whether answers travel compressed
 * @param maxConnections most statements at a time
 * @param timeLimit of a statement whose call has more time left, or no deadline
 * @param insertTimeLimit the same of a statement that writes
 */
public record ClickHouseSettings(
    URI endpoint,
    String database,
    String user,
    @Nullable String password,
    boolean compression,
    int maxConnections,
    Duration connectTimeout,
    Duration timeLimit,
    Duration insertTimeLimit) {

  @Override
  public String toString() {
    return "ClickHouseSettings[" + endpoint + ", database=" + database + "]";
  }
}
