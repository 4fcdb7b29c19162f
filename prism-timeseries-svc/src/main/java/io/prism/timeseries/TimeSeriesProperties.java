package io.prism.timeseries;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The TimeSeries service.
 *
 * @param store where events are kept
 * @param batch how events are gathered before they are stored
 * @param rollup when rollups are brought up to date
 * @param expireInterval how often what is older than its retention is dropped; nobody reads it
 *     meanwhile
 * @param clickhouse where ClickHouse is, and how it is talked to
 * @param duckdb how DuckDB is used
 */
@Validated
@ConfigurationProperties("prism.timeseries")
public record TimeSeriesProperties(
    @DefaultValue("clickhouse") Store store,
    @DefaultValue Batch batch,
    @DefaultValue Rollup rollup,
    @DefaultValue("1h") Duration expireInterval,
    @DefaultValue ClickHouse clickhouse,
    @DefaultValue DuckDb duckdb) {

  /** Where events are kept. */
  public enum Store {
    /** In ClickHouse. */
    CLICKHOUSE,
    /** In a DuckDB database of this process, for local mode. */
    DUCKDB
  }

  /**
   * How events of all calls are gathered before they are stored together.
   *
   * @param events a batch is stored when it has so many
   * @param size or is so large
   * @param linger or its first event has waited so long
   * @param buffer most bytes of events that are not stored yet; AppendEvents is refused beyond with
   *     BUFFER_FULL, and StreamEvents asks for no more
   * @param writers how many batches are stored at a time
   * @param stopTime how long the last batches may take when the service stops
   */
  public record Batch(
      @DefaultValue("10000") @Min(1) @Max(1_000_000) int events,
      @DefaultValue("32MB") DataSize size,
      @DefaultValue("50ms") Duration linger,
      @DefaultValue("128MB") DataSize buffer,
      @DefaultValue("2") @Min(1) @Max(64) int writers,
      @DefaultValue("20s") Duration stopTime) {}

  /**
   * When rollups are brought up to date. One that is behind is not used, and what it lacks is read
   * from the events: this decides how fast aggregates are, and never what they say.
   *
   * @param settle how long no event may have come for a minute before it is rolled up
   * @param atLatest after how long it is rolled up although events keep coming
   * @param scanInterval how often the store is asked for minutes that an instance has left behind
   */
  public record Rollup(
      @DefaultValue("5s") Duration settle,
      @DefaultValue("60s") Duration atLatest,
      @DefaultValue("10m") Duration scanInterval) {}

  /**
   * Where ClickHouse is, and how it is talked to.
   *
   * @param endpoint URL of its HTTP interface
   * @param database that holds the tables; made if it is not there
   * @param user whose rights are enough to make them
   * @param password unset: none
   * @param compression whether answers travel compressed
   * @param maxConnections most statements at a time
   * @param connectTimeout how long to wait for a connection
   * @param timeLimit of a statement whose call has more time left, or no deadline
   * @param insertTimeLimit of a statement that writes
   */
  public record ClickHouse(
      @DefaultValue("http://localhost:8123") URI endpoint,
      @DefaultValue("prism") @NotBlank String database,
      @DefaultValue("default") @NotBlank String user,
      @Nullable String password,
      @DefaultValue("false") boolean compression,
      @DefaultValue("32") @Min(1) int maxConnections,
      @DefaultValue("2s") Duration connectTimeout,
      @DefaultValue("30s") Duration timeLimit,
      @DefaultValue("30s") Duration insertTimeLimit) {}

  /**
   * How DuckDB is used.
   *
   * @param folder that holds its files; for one process at a time
   * @param memory most memory of the database, beside the heap
   * @param readers how many queries run at a time
   * @param maxWaiting most queries that wait for one of them; more are refused with OVERLOADED
   * @param timeLimit of a query
   */
  public record DuckDb(
      @DefaultValue("timeseries") Path folder,
      @DefaultValue("512MB") DataSize memory,
      @DefaultValue("2") @Min(1) @Max(64) int readers,
      @DefaultValue("100") @Min(1) int maxWaiting,
      @DefaultValue("30s") Duration timeLimit) {}
}
