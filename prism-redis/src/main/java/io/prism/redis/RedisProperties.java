package io.prism.redis;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Copies in Redis. The connection is {@code spring.data.redis.*}; its {@code timeout} bounds each
 * command.
 *
 * @param maxRequests most commands that wait for Redis in this instance; more are refused with
 *     OVERLOADED
 * @param lease how long a load from the source may take before another one begins; to be longer
 *     than the source's own time limit
 * @param maxWait how long callers wait for a load of another instance before they load by
 *     themselves
 * @param quiet the least time between two loads that renew a copy which is about to end
 * @param fence how long a writer counts that never came back; to be longer than a write in the
 *     source can take in all
 * @param maxOwed most entries that are remembered to be removed when Redis is back; beyond, all
 *     copies of their namespaces go
 * @param near values in this instance's own memory
 */
@Validated
@ConfigurationProperties("prism.redis")
public record RedisProperties(
    @DefaultValue("20000") @Min(1) int maxRequests,
    @DefaultValue("7s") Duration lease,
    @DefaultValue("5s") Duration maxWait,
    @DefaultValue("1s") Duration quiet,
    @DefaultValue("30s") Duration fence,
    @DefaultValue("10000") @Min(1) int maxOwed,
    @DefaultValue Near near) {

  /**
   * Values of Redis in this instance's own memory, of whose changes Redis tells (RESP3). A change
   * by another instance is seen when it is told of, which is mostly within a millisecond, and with
   * a Redis that is silent within twice {@code spring.data.redis.timeout}. Not for Redis Cluster.
   *
   * @param maxBytes most bytes of them with their keys that one instance keeps; 0: none
   */
  public record Near(@DefaultValue("0B") DataSize maxBytes) {}
}
