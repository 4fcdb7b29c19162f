package io.prism.reader;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Reader service. The connection to PostgreSQL and its pool are {@code spring.datasource.*};
 * the Redis for copies of rows, which it can do without, is {@code spring.data.redis.*}.
 *
 * @param timeLimit after which PostgreSQL has to be done with one page, count or row; the rest is
 *     cancelled and the call fails with DEADLINE_EXCEEDED, as it does when its own deadline is
 *     earlier. To be less than the driver's {@code socketTimeout}
 * @param cursorKey the secret that cursors are signed with, at least 32 bytes of text, the same in
 *     all instances; without one, each instance makes its own and its cursors end with it
 * @param page how large pages are
 * @param filter how large filters are
 * @param cache copies of rows, for sessions whose configuration has a cache
 */
@Validated
@ConfigurationProperties("prism.reader")
public record ReaderProperties(
    @DefaultValue("20s") Duration timeLimit,
    @Nullable String cursorKey,
    @DefaultValue Pages page,
    @DefaultValue Filters filter,
    @DefaultValue Copies cache) {

  /**
   * How large pages are.
   *
   * @param rows of a page when the request does not say
   * @param maxRows most rows of a page; a request for more gets so many
   * @param maxBytes after which a page ends early, so that it suits clients that take messages of 4
   *     MiB; it has at least one row
   * @param maxTies most rows beyond these bounds that a page of a collection without a primary key
   *     has because they are alike in all fields; more are refused
   * @param maxSort most sort keys of a request
   */
  public record Pages(
      @DefaultValue("100") @Min(1) int rows,
      @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxRows,
      @DefaultValue("2MB") DataSize maxBytes,
      @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxTies,
      @DefaultValue("32") @Min(1) int maxSort) {}

  /**
   * How large filters are.
   *
   * @param maxDepth levels of a filter
   * @param maxConditions conditions on fields in a filter
   * @param maxListed values of IN and NOT_IN
   */
  public record Filters(
      @DefaultValue("16") @Min(1) int maxDepth,
      @DefaultValue("1000") @Min(1) @Max(10_000) int maxConditions,
      @DefaultValue("1000") @Min(1) int maxListed) {}

  /**
   * Copies of rows, for sessions whose configuration has a cache.
   *
   * @param ttl of a copy, when the session's configuration names none
   * @param maxRow largest row that is copied
   */
  public record Copies(@DefaultValue("15m") Duration ttl, @DefaultValue("1MB") DataSize maxRow) {}
}
