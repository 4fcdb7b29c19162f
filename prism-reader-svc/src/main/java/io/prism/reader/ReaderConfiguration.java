package io.prism.reader;

import com.google.protobuf.Value;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.reader.domain.Collections;
import io.prism.reader.domain.Cursors;
import io.prism.reader.domain.ReaderLimits;
import io.prism.reader.domain.RowCopies;
import io.prism.reader.grpc.ReaderMeters;
import io.prism.reader.grpc.RowGets;
import io.prism.reader.postgres.Database;
import io.prism.reader.postgres.PostgresCollections;
import io.prism.reader.postgres.PostgresProbe;
import io.prism.relational.Catalogue;
import io.prism.relational.PostgresFailures;
import io.prism.starter.PrismFeature;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.observe.BackendProbe;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the Reader service over PostgreSQL. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReaderProperties.class)
class ReaderConfiguration {

  private static final Logger log = LoggerFactory.getLogger(ReaderConfiguration.class);

  @Bean
  BackendGuard postgresqlGuard(BackendGuards guards) {
    return guards.guard("postgresql", PostgresFailures::isOutage);
  }

  @Bean
  Catalogue catalogue(DataSource dataSource, BackendGuard postgresqlGuard) {
    return new Catalogue(dataSource, postgresqlGuard);
  }

  @Bean
  Database database(
      DataSource dataSource, BackendGuard postgresqlGuard, ReaderProperties properties) {
    return new Database(dataSource, postgresqlGuard, properties.timeLimit());
  }

  @Bean
  PostgresCollections collections(Catalogue catalogue, Database database) {
    return new PostgresCollections(catalogue, database);
  }

  @Bean
  ReaderLimits readerLimits(ReaderProperties properties) {
    ReaderProperties.Pages page = properties.page();
    ReaderProperties.Filters filter = properties.filter();
    return new ReaderLimits(
        page.rows(),
        page.maxRows(),
        page.maxBytes().toBytes(),
        page.maxTies(),
        filter.maxDepth(),
        filter.maxConditions(),
        filter.maxListed(),
        page.maxSort());
  }

  @Bean
  Cursors cursors(ReaderProperties properties) {
    String key = properties.cursorKey();
    if (key != null && !key.isBlank()) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      if (bytes.length < Cursors.MIN_KEY_BYTES) {
        throw new IllegalArgumentException(
            "prism.reader.cursor-key: "
                + bytes.length
                + " bytes (expected: at least "
                + Cursors.MIN_KEY_BYTES
                + ")");
      }
      return new Cursors(bytes);
    }
    log.warn(
        "prism.reader.cursor-key is not set: cursors end with this instance, and no other takes them");
    byte[] made = new byte[Cursors.MIN_KEY_BYTES];
    new SecureRandom().nextBytes(made);
    return new Cursors(made);
  }

  @Bean
  ReaderMeters readerMeters(MeterRegistry meters) {
    return new ReaderMeters(meters);
  }

  @Bean
  RowGets rowGets(
      Collections<Value, byte[]> collections,
      ObjectProvider<RowCopies<byte[]>> copies,
      ReaderProperties properties,
      MeterRegistry meters) {
    RowCopies<byte[]> named = copies.getIfAvailable();
    if (named == null) {
      log.info(
          "no Redis is named (spring.data.redis.url or host): Get reads from PostgreSQL also for"
              + " sessions whose configuration has a cache");
    }
    return new RowGets(collections, named, properties.cache().ttl(), meters);
  }

  @Bean
  BackendProbe postgresqlProbe(DataSource dataSource) {
    return new PostgresProbe(dataSource);
  }

  @Bean
  PrismFeature keysetCursorFeature() {
    return new PrismFeature("reader.keyset_cursor");
  }

  @Bean
  PrismFeature exactCountFeature() {
    return new PrismFeature("reader.exact_count");
  }
}
