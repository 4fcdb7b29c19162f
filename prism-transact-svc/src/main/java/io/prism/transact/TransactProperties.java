package io.prism.transact;

import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Transact service. The database is {@code spring.datasource.*}, whose pool serves reads;
 * Kafka, which only an outbox needs, is {@code spring.kafka.*}; the Redis in which others keep
 * copies of rows, if they do, is {@code spring.data.redis.*}.
 *
 * @param timeout of a transaction that asks for none
 * @param maxTimeout longest time-out that a transaction may ask for
 * @param maxMessage largest message of a mailbox
 * @param maxBatch most ids of one request
 * @param migrations folder with a sub-folder of Flyway's SQL files per namespace, applied at start;
 *     none when empty
 * @param migrationsRequired whether the service does not start when the migration of a namespace
 *     fails; else it serves that namespace as it was
 * @param connections how writes share connections to PostgreSQL
 * @param transaction what a Transaction stream may use
 * @param retry how often a Write is tried that met another transaction
 * @param idempotency how long the responses of idempotent writes are kept
 * @param mailbox how long messages are kept
 * @param outbox which mailboxes are published to topics
 */
@Validated
@ConfigurationProperties("prism.transact")
public record TransactProperties(
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("5m") Duration maxTimeout,
    @DefaultValue("4MB") DataSize maxMessage,
    @DefaultValue("1000") @Min(1) int maxBatch,
    @Nullable Path migrations,
    @DefaultValue("false") boolean migrationsRequired,
    @DefaultValue Connections connections,
    @DefaultValue Streams transaction,
    @DefaultValue Retry retry,
    @DefaultValue Idempotency idempotency,
    @DefaultValue Mailbox mailbox,
    @DefaultValue Outbox outbox) {

  /**
   * How writes share connections to PostgreSQL. Transaction streams have as many of their own as
   * {@code prism.transact.transaction.max-open} says.
   *
   * @param writes most connections for Write and ProcessMailbox
   * @param maxWait how long a call waits for a connection before it is refused with OVERLOADED
   */
  public record Connections(
      @DefaultValue("10") @Min(1) int writes, @DefaultValue("2s") Duration maxWait) {}

  /**
   * What a Transaction stream may use.
   *
   * @param maxOpen most open transactions of this instance; each holds a connection
   * @param maxOpenPerSession most open transactions of one session in this instance
   * @param idleLimit how long a client may send nothing before its transaction is rolled back
   */
  public record Streams(
      @DefaultValue("10") @Min(1) int maxOpen,
      @DefaultValue("5") @Min(1) int maxOpenPerSession,
      @DefaultValue("30s") Duration idleLimit) {}

  /**
   * How often a Write is tried that met another transaction.
   *
   * @param maxAttempts most attempts, the first one included
   * @param firstPause longest pause before the second attempt; it doubles with each one
   * @param longestPause longest pause of all
   */
  public record Retry(
      @DefaultValue("10") @Min(1) int maxAttempts,
      @DefaultValue("5ms") Duration firstPause,
      @DefaultValue("200ms") Duration longestPause) {}

  /**
   * How long the responses of idempotent writes are kept.
   *
   * @param retention by the database's clock
   */
  public record Idempotency(@DefaultValue("24h") Duration retention) {}

  /**
   * How long messages are kept. What is neither processed nor published is kept for ever, and so is
   * the last message of each mailbox.
   *
   * @param retention after a message is processed; of a mailbox with an outbox, after it is
   *     written, when it is published
   * @param sweepInterval between two deletions of what is old
   */
  public record Mailbox(
      @DefaultValue("7d") Duration retention, @DefaultValue("1m") Duration sweepInterval) {}

  /**
   * Which mailboxes are published to topics.
   *
   * @param bindings none for none; then Kafka is not used
   * @param interval between two looks into a mailbox that had nothing new
   * @param timeLimit after which Kafka counts as unreachable
   * @param partitions of a topic that is not there yet
   * @param replicationFactor of such a topic; -1 is the broker's default
   */
  public record Outbox(
      @DefaultValue List<Binding> bindings,
      @DefaultValue("250ms") Duration interval,
      @DefaultValue("10s") Duration timeLimit,
      @DefaultValue("6") @Min(1) int partitions,
      @DefaultValue("-1") short replicationFactor) {}

  /**
   * A mailbox and the topic to which its messages are published.
   *
   * @param namespace of both
   * @param mailbox its id
   * @param topic as clients of the Queue service name it
   */
  public record Binding(String namespace, String mailbox, String topic) {}
}
