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
import io.prism.transact.Housekeeping.Task;
import io.prism.transact.TransactProperties.Connections;
import io.prism.transact.domain.Mailboxes;
import io.prism.transact.domain.Outbox;
import io.prism.transact.domain.OutboxBinding;
import io.prism.transact.domain.RowCopies;
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
import io.prism.transact.postgres.Watchdog;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
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

  private static final Logger log = LoggerFactory.getLogger(TransactConfiguration.class);

  /**
   * Of the pool for reads, those that writers with a lock need; what reads mailboxes has the rest.
   */
  private static final int RESERVED_READS = 4;

  /** One holds the lock; Flyway uses up to three. */
  private static final int MIGRATION_CONNECTIONS = 4;

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
    NamespaceMigrations migrations = new NamespaceMigrations();
    meters.gauge("prism.transact.migrations.failed", migrations, NamespaceMigrations::failed);
    Path folder = properties.migrations();
    if (folder != null && !folder.toString().isEmpty()) {
      try (HikariDataSource pool =
          Pools.forLongUse(
              dataSource, "prism-transact-migrations", MIGRATION_CONNECTIONS, meters)) {
        migrations.migrate(pool, folder);
      }
    }
    if (properties.migrationsRequired() && migrations.failed() > 0) {
      throw new IllegalStateException(
          migrations.failed()
              + " namespaces are not up to date, as the log says, and prism.transact.migrations-required is set");
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

  @Bean
  Watchdog watchdog(ScheduledExecutorService transactTimer) {
    return new Watchdog(transactTimer);
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
        Pools.forLongUse(
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
  Lane writeLane(TransactPools pools, TransactProperties properties, Watchdog watchdog) {
    Connections connections = properties.connections();
    return new Lane(pools.writes(), connections.writes(), connections.maxWait(), watchdog);
  }

  @Bean
  Lane streamLane(TransactPools pools, TransactProperties properties, Watchdog watchdog) {
    return new Lane(
        pools.writes(),
        properties.transaction().maxOpen(),
        properties.connections().maxWait(),
        watchdog);
  }

  /** For what holds a lock meanwhile. */
  @Bean
  Lane sequenceLane(HikariDataSource dataSource, TransactProperties properties, Watchdog watchdog) {
    return new Lane(dataSource, RESERVED_READS, properties.connections().maxWait(), watchdog);
  }

  @Bean
  Lane readLane(HikariDataSource dataSource, TransactProperties properties, Watchdog watchdog) {
    return new Lane(
        dataSource,
        Math.max(1, dataSource.getMaximumPoolSize() - RESERVED_READS - 1),
        properties.connections().maxWait(),
        watchdog);
  }

  @Bean
  DataWrites dataWrites(
      HikariDataSource dataSource,
      Lane readLane,
      BackendGuard postgresqlGuard,
      ObjectProvider<RowCopies> copies) {
    return new DataWrites(
        new Catalogue(dataSource, postgresqlGuard),
        readLane,
        postgresqlGuard,
        orNone(copies).areKept());
  }

  private static RowCopies orNone(ObjectProvider<RowCopies> copies) {
    return copies.getIfAvailable(() -> RowCopies.NONE);
  }

  @Bean
  Writer<Value> writer(
      Lane writeLane,
      Lane sequenceLane,
      DataWrites tables,
      ObjectProvider<RowCopies> copies,
      BackendGuard postgresqlGuard,
      TransactProperties properties,
      MeterRegistry meters) {
    TransactProperties.Retry retry = properties.retry();
    if (!orNone(copies).areKept()) {
      log.info(
          "no Redis is named (spring.data.redis.url or host): writes remove no copies of rows that"
              + " Reader or Cache may keep");
    }
    return new PostgresWriter(
        writeLane,
        sequenceLane,
        tables,
        orNone(copies),
        new WriteResponseFormat(),
        properties.idempotency().retention(),
        postgresqlGuard,
        new Backoff(retry.maxAttempts(), retry.firstPause(), retry.longestPause()),
        meters);
  }

  @Bean
  Transactions<Value> transactions(
      Lane streamLane,
      Lane sequenceLane,
      DataWrites tables,
      ObjectProvider<RowCopies> copies,
      BackendGuard postgresqlGuard) {
    return new PostgresTransactions(
        streamLane, sequenceLane, tables, orNone(copies), postgresqlGuard);
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
  Outbox outbox(
      TransactPools pools,
      Lane readLane,
      BackendGuard postgresqlGuard,
      TransactProperties properties) {
    return new PostgresOutbox(
        pools.relays(), readLane, postgresqlGuard, properties.timeout(), OUTBOX_PIECE);
  }

  @Bean
  OutboxRelays outboxRelays(
      Outbox outbox,
      ProducerFactory<?, ?> producers,
      KafkaAdmin admin,
      TransactProperties properties,
      MeterRegistry meters) {
    TransactProperties.Outbox publishing = properties.outbox();
    return new OutboxRelays(
        bindings(properties),
        outbox,
        new OutboxProducers(
            producers.getConfigurationProperties(),
            admin.getConfigurationProperties(),
            publishing.timeLimit()),
        publishing.interval(),
        publishing.partitions(),
        publishing.replicationFactor(),
        meters);
  }

  private static List<OutboxBinding> bindings(TransactProperties properties) {
    return properties.outbox().bindings().stream()
        .map(binding -> new OutboxBinding(binding.namespace(), binding.mailbox(), binding.topic()))
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
    Retention retention = new Retention(readLane, postgresqlGuard, bindings(properties));
    return new Housekeeping(
        properties.mailbox().sweepInterval(),
        List.of(
            new Task(
                "deleting old messages",
                () -> retention.deleteMessages(properties.mailbox().retention())),
            new Task(
                "deleting old idempotency records",
                () -> retention.deleteRecords(properties.idempotency().retention()))));
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
