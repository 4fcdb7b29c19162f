package io.prism.queue;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Queue service. Connections and tuning of Kafka's clients are {@code spring.kafka.*}.
 *
 * @param timeLimit after which Kafka counts as unreachable and a call fails with
 *     BACKEND_UNAVAILABLE
 * @param maxPayload largest payload of a message
 * @param maxBatch most items of one request
 * @param topic how topics are made that are not there yet
 * @param subscription what subscriptions may use
 * @param lag how the lag of consumer groups is measured
 */
@Validated
@ConfigurationProperties("prism.queue")
public record QueueProperties(
    @DefaultValue("10s") Duration timeLimit,
    @DefaultValue("4MB") DataSize maxPayload,
    @DefaultValue("1000") @Min(1) int maxBatch,
    @DefaultValue TopicDefaults topic,
    @DefaultValue SubscriptionLimits subscription,
    @DefaultValue LagMeasurement lag) {

  /**
   * How topics are made.
   *
   * @param partitions when a session's configuration names no number
   * @param maxPartitions most partitions that a session's configuration may ask for
   * @param replicationFactor copies of each partition; -1 is the broker's default
   * @param retention how long messages are kept when a session's configuration does not say
   */
  public record TopicDefaults(
      @DefaultValue("6") @Min(1) int partitions,
      @DefaultValue("256") @Min(1) int maxPartitions,
      @DefaultValue("-1") @Min(-1) @Max(Short.MAX_VALUE) short replicationFactor,
      @DefaultValue("7d") Duration retention) {}

  /**
   * What subscriptions may use.
   *
   * @param max most subscriptions at a time in this instance; each holds a consumer of Kafka
   * @param window most unacknowledged messages of a stream that asks for no number
   * @param maxWindow most unacknowledged messages that a stream may ask for
   * @param maxSpan most messages of a partition between the oldest unacknowledged and the newest
   *     delivered one; a partition that reaches it is paused
   * @param commitInterval how often acknowledged positions are committed; at most a second
   * @param maxDeliveryAttempts deliveries of a message before it goes to the dead-letter topic,
   *     when a session's configuration names no number
   * @param settleTime how long a stopping instance waits until what it has delivered is
   *     acknowledged, before it ends its streams
   */
  public record SubscriptionLimits(
      @DefaultValue("1000") @Min(1) int max,
      @DefaultValue("1000") @Min(1) int window,
      @DefaultValue("100000") @Min(1) int maxWindow,
      @DefaultValue("100000") @Min(1) int maxSpan,
      @DefaultValue("500ms") Duration commitInterval,
      @DefaultValue("5") @Min(1) int maxDeliveryAttempts,
      @DefaultValue("5s") Duration settleTime) {}

  /**
   * How the lag of consumer groups is measured.
   *
   * @param interval between two measurements; each costs a few requests to Kafka per group
   * @param maxGroups most groups, those furthest behind, with a metric of their own; the others
   *     share one
   */
  public record LagMeasurement(
      @DefaultValue("15s") Duration interval, @DefaultValue("100") @Min(0) int maxGroups) {}
}
