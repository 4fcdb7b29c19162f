package io.prism.timeseries;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.starter.PrismFeature;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.observe.BackendProbe;
import io.prism.timeseries.TimeSeriesProperties.Batch;
import io.prism.timeseries.TimeSeriesProperties.ClickHouse;
import io.prism.timeseries.TimeSeriesProperties.DuckDb;
import io.prism.timeseries.TimeSeriesProperties.Rollup;
import io.prism.timeseries.clickhouse.ClickHouseEventStore;
import io.prism.timeseries.clickhouse.ClickHouseFailures;
import io.prism.timeseries.clickhouse.ClickHouseLink;
import io.prism.timeseries.clickhouse.ClickHouseSettings;
import io.prism.timeseries.domain.AggregatePlanner;
import io.prism.timeseries.domain.EventStore;
import io.prism.timeseries.domain.Ingest;
import io.prism.timeseries.domain.IngestLimits;
import io.prism.timeseries.domain.RollupTimes;
import io.prism.timeseries.domain.Upkeep;
import io.prism.timeseries.duckdb.DuckDbEventStore;
import io.prism.timeseries.duckdb.DuckDbSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the TimeSeries service over its store. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TimeSeriesProperties.class)
class TimeSeriesConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  Upkeep upkeep(
      EventStore store, TimeSeriesProperties properties, Clock clock, MeterRegistry meters) {
    Rollup rollup = properties.rollup();
    Upkeep upkeep =
        new Upkeep(
            store,
            new RollupTimes(
                rollup.settle(),
                rollup.atLatest(),
                rollup.scanInterval(),
                properties.expireInterval()),
            clock);
    Gauge.builder("prism.timeseries.rollups.behind", upkeep, Upkeep::behind)
        .description("minutes whose rollups lack events that this instance has stored")
        .register(meters);
    return upkeep;
  }

  @Bean
  Ingest ingest(
      EventStore store, Upkeep upkeep, TimeSeriesProperties properties, MeterRegistry meters) {
    Batch batch = properties.batch();
    Ingest ingest =
        new Ingest(
            store,
            new IngestLimits(
                batch.events(),
                batch.size().toBytes(),
                batch.linger(),
                batch.buffer().toBytes(),
                batch.writers(),
                batch.stopTime()),
            upkeep::touched);
    Gauge.builder("prism.timeseries.buffered", ingest, Ingest::bufferedBytes)
        .baseUnit("bytes")
        .description("events that are not stored yet")
        .register(meters);
    FunctionCounter.builder("prism.timeseries.lost", ingest, Ingest::lost)
        .description("events of async calls that could not be stored")
        .register(meters);
    return ingest;
  }

  @Bean
  AggregatePlanner aggregatePlanner(EventStore store) {
    return new AggregatePlanner(store);
  }

  @Bean
  PrismFeature eventIdsFeature() {
    return new PrismFeature("timeseries.event_ids");
  }

  /** In ClickHouse. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(
      name = "prism.timeseries.store",
      havingValue = "clickhouse",
      matchIfMissing = true)
  static class InClickHouse {

    @Bean
    ClickHouseLink clickHouseLink(TimeSeriesProperties properties, BackendGuards guards) {
      ClickHouse clickhouse = properties.clickhouse();
      return new ClickHouseLink(
          new ClickHouseSettings(
              clickhouse.endpoint(),
              clickhouse.database(),
              clickhouse.user(),
              clickhouse.password(),
              clickhouse.compression(),
              clickhouse.maxConnections(),
              clickhouse.connectTimeout(),
              clickhouse.timeLimit(),
              clickhouse.insertTimeLimit()),
          guards.guard("clickhouse", ClickHouseFailures::isOutage));
    }

    @Bean
    ClickHouseEventStore eventStore(ClickHouseLink link, Clock clock) {
      return new ClickHouseEventStore(link, clock);
    }
  }

  /** In DuckDB. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "prism.timeseries.store", havingValue = "duckdb")
  static class InDuckDb {

    @Bean
    DuckDbEventStore eventStore(
        TimeSeriesProperties properties, BackendGuards guards, Clock clock) {
      DuckDb duckdb = properties.duckdb();
      return new DuckDbEventStore(
          new DuckDbSettings(
              duckdb.folder(),
              duckdb.readers(),
              duckdb.maxWaiting(),
              duckdb.memory().toBytes(),
              duckdb.timeLimit()),
          guards.guard("duckdb", DuckDbEventStore::isOutage),
          clock);
    }

    @Bean
    BackendProbe duckDbProbe(DuckDbEventStore store) {
      return BackendProbe.of("duckdb", store::check);
    }
  }
}
