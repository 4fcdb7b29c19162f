package io.prism.cache.postgres;

import io.prism.cache.domain.Sources;
import io.prism.relational.Catalogue;
import io.prism.starter.backend.BackendGuard;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Makes the sources, whose repository is nobody else's business. */
@Configuration(proxyBeanMethods = false)
class PostgresConfiguration {

  @Bean
  DurableTable durableTable(
      DurableRows rows, PlatformTransactionManager transactions, BackendGuard postgresqlGuard) {
    return new DurableTable(rows, transactions, postgresqlGuard);
  }

  @Bean
  Sources sources(
      DurableTable durableTable,
      Catalogue catalogue,
      DataSource dataSource,
      BackendGuard postgresqlGuard) {
    return new PostgresSources(durableTable, catalogue, dataSource, postgresqlGuard);
  }
}
