package io.prism.transact;

import com.google.protobuf.Value;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.relational.Catalogue;
import io.prism.relational.PostgresFailures;
import io.prism.starter.PrismFeature;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.call.DrainListener;
import io.prism.starter.observe.BackendProbe;
import io.prism.transact.TransactProperties.Connections;
import io.prism.transact.domain.Mailboxes;
import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.domain.TransactionSlots;
import io.prism.transact.domain.Transactions;
import io.prism.transact.domain.WriteRules;
import io.prism.transact.domain.Writer;
import io.prism.transact.grpc.TransactionCalls;
import io.prism.transact.grpc.WriteResponseFormat;
import io.prism.transact.kafka.OutboxProducers;
import io.prism.transact.kafka.OutboxRelays;
import io.prism.transact.postgres.Backoff;
import io.prism.transact.postgres.DataWrites;
import io.prism.transact.postgres.Lane;
import io.prism.transact.postgres.NamespaceMigrations;
import io.prism.transact.postgres.Pools;
import io.prism.transact.postgres.PostgresMailboxes;
import io.prism.transact.postgres.PostgresOutbox;
import io.prism.transact.postgres.PostgresTransactions;
import io.prism.transact.postgres.PostgresWriter;
import io.prism.transact.postgres.Retention;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** Wires the Transact service over PostgreSQL, and its outbox over Kafka. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TransactProperties.class)
class TransactConfiguration {

  /**
   * Of the pool for reads, those that writers with a lock need; what reads mailboxes has the rest.
   */
  private static final int RESERVED_READS = 2;

  /** Most messages that a relay has in hand. */
  private static final int OUTBOX_PIECE = 500;

  @Bean
  WriteRules writeRules(TransactProperties properties) {
    return new WriteRules(
        Math.toIntExact(properties.maxMessage().toBytes()),
        properties.maxBatch(),
        properties.timeout(),
        properties.maxTimeout());
  }

  @Bean
  BackendGuard postgresqlGuard(BackendGuards guards) {
    return guards.guard("postgresql", PostgresFailures::isOutage);
  }

  @Bean
  BackendProbe postgresqlProbe(HikariDataSource dataSource) {
    return BackendProbe.of(
        "postgresql",
        () -> {
          try (Connection connection = dataSource.getConnection();
              Statement statement = connection.createStatement()) {
            statement.execute("select 1");
          }
        });
  }

  @Bean
  @DependsOnDatabaseInitialization
  NamespaceMigrations namespaceMigrations(
      HikariDataSource dataSource, TransactProperties properties, MeterRegistry meters) {
    NamespaceMigrations migrations = new NamespaceMigrations(dataSource);
    meters.gauge("prism.transact.migrations.failed", migrations, NamespaceMigrations::failed);
    Path folder = properties.migrations();
    if (folder != null && !folder.toString().isEmpty()) {
      migrations.migrate(folder);
    }
    return migrations;
  }

  /** Time limits of statements and streams. */
  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService transactTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("prism-transact-timer").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** None of them is a DataSource to Spring, which is to have one. */
  @Bean(destroyMethod = "close")
  TransactPools transactPools(
      HikariDataSource dataSource, TransactProperties properties, MeterRegistry meters) {
    return new TransactPools(
        Pools.forTransactions(
            dataSource,
            "prism-transact-writes",
            properties.connections().writes() + properties.transaction().maxOpen(),
            properties.transaction().idleLimit(),
            meters),
        Pools.forRelays(
            dataSource, "prism-transact-outbox", properties.outbox().bindings().size(), meters));
  }

  record TransactPools(HikariDataSource writes, HikariDataSource relays) implements AutoCloseable {
    @Override
    public void close() {
      relays.close();
      writes.close();
    }
  }

  @Bean
  Lane writeLane(
      TransactPools pools, TransactProperties properties, ScheduledExecutorService transactTimer) {
    Connections connections = properties.connections();
    return new Lane(pools.writes(), connections.writes(), connections.maxWait(), transactTimer);
  }

  @Bean
  Lane streamLane(
      TransactPools pools, TransactProperties properties, ScheduledExecutorService transactTimer) {
    return new Lane(
        pools.writes(),
        properties.transaction().maxOpen(),
        properties.connections().maxWait(),
        transactTimer);
  }

  /** For what holds a lock meanwhile. */
  @Bean
  Lane sequenceLane(
      HikariDataSource dataSource,
      TransactProperties properties,
      ScheduledExecutorService transactTimer) {
    return new Lane(dataSource, RESERVED_READS, properties.connections().maxWait(), transactTimer);
  }

  @Bean
  Lane readLane(
      HikariDataSource dataSource,
      TransactProperties properties,
      ScheduledExecutorService transactTimer) {
    return new Lane(
        dataSource,
        Math.max(1, dataSource.getMaximumPoolSize() - RESERVED_READS - 1),
        properties.connections().maxWait(),
        transactTimer);
  }

  @Bean
  DataWrites dataWrites(HikariDataSource dataSource, BackendGuard postgresqlGuard) {
    return new DataWrites(new Catalogue(dataSource, postgresqlGuard));
  }

  @Bean
  Writer<Value> writer(
      Lane writeLane,
      Lane sequenceLane,
      DataWrites tables,
      BackendGuard postgresqlGuard,
      TransactProperties properties,
      MeterRegistry meters) {
    TransactProperties.Retry retry = properties.retry();
    return new PostgresWriter(
        writeLane,
        sequenceLane,
        tables,
        new WriteResponseFormat(),
        properties.idempotency().retention(),
        postgresqlGuard,
        new Backoff(retry.maxAttempts(), retry.firstPause(), retry.longestPause()),
        meters);
  }

  @Bean
  Transactions<Value> transactions(
      Lane streamLane, Lane sequenceLane, DataWrites tables, BackendGuard postgresqlGuard) {
    return new PostgresTransactions(streamLane, sequenceLane, tables, postgresqlGuard);
  }

  @Bean
  TransactionSlots transactionSlots(TransactProperties properties) {
    return new TransactionSlots(
        properties.transaction().maxOpen(), properties.transaction().maxOpenPerSession());
  }

  @Bean
  TransactionCalls transactionCalls(
      Transactions<Value> transactions,
      TransactionSlots slots,
      WriteRules rules,
      TransactProperties properties,
      ScheduledExecutorService transactTimer,
      MeterRegistry meters) {
    return new TransactionCalls(
        transactions, slots, rules, properties.transaction().idleLimit(), transactTimer, meters);
  }

  @Bean
  Mailboxes mailboxes(
      Lane readLane, Lane writeLane, BackendGuard postgresqlGuard, TransactProperties properties) {
    return new PostgresMailboxes(readLane, writeLane, postgresqlGuard, properties.timeout());
  }

  @Bean
  OutboxRelays outboxRelays(
      TransactPools pools,
      Lane readLane,
      BackendGuard postgresqlGuard,
      ProducerFactory<?, ?> producers,
      KafkaAdmin admin,
      TransactProperties properties,
      MeterRegistry meters) {
    TransactProperties.Outbox outbox = properties.outbox();
    return new OutboxRelays(
        bindings(properties),
        new PostgresOutbox(
            pools.relays(), readLane, postgresqlGuard, properties.timeout(), OUTBOX_PIECE),
        new OutboxProducers(
            producers.getConfigurationProperties(),
            admin.getConfigurationProperties(),
            outbox.timeLimit()),
        outbox.interval(),
        outbox.partitions(),
        outbox.replicationFactor(),
        meters);
  }

  private static List<OutboxBinding> bindings(TransactProperties properties) {
    return properties.outbox().bindings().stream()
        .map(
            binding ->
                new OutboxBinding(binding.namespace(), binding.mailbox(), binding.topic()))
        .toList();
  }

  /** Another instance goes on. */
  @Bean
  DrainListener outboxDrain(OutboxRelays relays) {
    return () -> CompletableFuture.runAsync(relays::stop, Thread::startVirtualThread);
  }

  @Bean
  Housekeeping housekeeping(
      Lane readLane, BackendGuard postgresqlGuard, TransactProperties properties) {
    return new Housekeeping(
        new Retention(readLane, postgresqlGuard, bindings(properties)), properties);
  }

  /** Open transactions end with their streams; new ones are refused already before that. */
  @Bean
  DrainListener transactionDrain(TransactionSlots slots) {
    return () -> {
      slots.close();
      return CompletableFuture.completedFuture(null);
    };
  }

  @Bean
  PrismFeature mailboxFeature() {
    return new PrismFeature("transact.mailbox");
  }

  @Bean
  PrismFeature idempotencyFeature() {
    return new PrismFeature("transact.idempotency");
  }

  @Bean
  PrismFeature expectedVersionFeature() {
    return new PrismFeature("transact.expected_version");
  }
}
