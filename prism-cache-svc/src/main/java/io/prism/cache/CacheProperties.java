package io.prism.cache;

import io.prism.cache.domain.Strategy;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Cache service. Redis is {@code spring.data.redis.*} and {@code prism.redis.*}; PostgreSQL and
 * its pool are {@code spring.datasource.*}, where {@code statement_timeout} is the time limit of
 * the source.
 *
 * @param strategy when a session's configuration names none
 * @param ttl of values, when neither the request nor the session's configuration names one
 * @param maxTtl longest time to live that a request may ask for
 * @param maxKey longest key, in UTF-8
 * @param maxValue largest value
 * @param maxBatch most keys of a GetMulti
 * @param getMulti what answers of several values may weigh
 * @param source how the source is protected
 * @param sweep how expired rows of the durable table are removed
 */
@Validated
@ConfigurationProperties("prism.cache")
public record CacheProperties(
    @DefaultValue("look_aside") Strategy strategy,
    @DefaultValue("15m") Duration ttl,
    @DefaultValue("3650d") Duration maxTtl,
    @DefaultValue("1024B") DataSize maxKey,
    @DefaultValue("4MB") DataSize maxValue,
    @DefaultValue("1000") @Min(1) int maxBatch,
    @DefaultValue GetMulti getMulti,
    @DefaultValue SourceProtection source,
    @DefaultValue SweepSettings sweep) {

  /**
   * What answers of several values may weigh. A client whose own limit is less (gRPC's default is 4
   * MiB) cannot receive the largest ones.
   *
   * @param maxAnswer most bytes of the values of one GetMulti; more are refused with
   *     ANSWER_TOO_LARGE
   * @param maxHeld most bytes of all such answers that this instance reads or sends at a time; more
   *     are refused with OVERLOADED
   */
  public record GetMulti(
      @DefaultValue("8MB") DataSize maxAnswer, @DefaultValue("64MB") DataSize maxHeld) {}

  /**
   * How the source is protected, above all while Redis is down.
   *
   * @param maxConcurrent most loads and writes at a time in this instance; no more than the pool
   *     has connections
   * @param maxWait how long one waits until it is refused with OVERLOADED
   * @param maxWaiting most that wait; more are refused with OVERLOADED
   */
  public record SourceProtection(
      @DefaultValue("12") @Min(1) int maxConcurrent,
      @DefaultValue("1000") @Min(0) int maxWaiting,
      @DefaultValue("3s") Duration maxWait) {}

  /**
   * How expired rows of the durable table are removed; nobody reads them meanwhile.
   *
   * @param interval between two sweeps
   * @param batch rows of one statement
   */
  public record SweepSettings(
      @DefaultValue("1m") Duration interval, @DefaultValue("1000") @Min(1) int batch) {}
}
