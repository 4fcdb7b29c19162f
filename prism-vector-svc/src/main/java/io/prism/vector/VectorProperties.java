package io.prism.vector;

import io.prism.vector.redis.Quantization;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Vector service.
 *
 * @param store where vectors are kept
 * @param hnsw how their graphs are built and searched, where a session's configuration does not say
 *     it
 * @param maxAnswer most bytes of what a search answers; more is refused with ANSWER_TOO_LARGE
 * @param redis how Redis is used; the connection is {@code spring.data.redis.*}
 * @param lucene how Lucene is used
 */
@Validated
@ConfigurationProperties("prism.vector")
public record VectorProperties(
    @DefaultValue("redis") Store store,
    @DefaultValue Hnsw hnsw,
    @DefaultValue("4MB") DataSize maxAnswer,
    @DefaultValue RedisVectors redis,
    @DefaultValue Lucene lucene) {

  /** Where vectors are kept. */
  public enum Store {
    /** In vector sets of Redis 8. */
    REDIS,
    /** In Lucene indexes of this process, for local mode. */
    LUCENE
  }

  /**
   * How graphs are built and searched. More of each finds more and costs more.
   *
   * @param m links of each vector; fixed when an index is made
   * @param efConstruction candidates that are looked at while indexing
   * @param efSearch candidates that are looked at while searching, at least {@code top_k}
   */
  public record Hnsw(
      @DefaultValue("32") @Min(4) @Max(128) int m,
      @DefaultValue("400") @Min(8) @Max(2_000) int efConstruction,
      @DefaultValue("400") @Min(8) @Max(10_000) int efSearch) {}

  /**
   * How Redis is used.
   *
   * @param quantization how exactly vectors of a COSINE index are kept; those of other metrics are
   *     always kept as they are
   */
  public record RedisVectors(@DefaultValue("none") Quantization quantization) {}

  /**
   * How Lucene is used.
   *
   * @param folder that holds the indexes; for one process at a time
   * @param maxIndexes most indexes; a write that needs another one is refused with
   *     INDEX_LIMIT_EXCEEDED
   * @param commitInterval how much a crash of the process may lose
   * @param buffer memory of all indexes together for what is not in their files yet
   */
  public record Lucene(
      @DefaultValue("vectors") Path folder,
      @DefaultValue("100") @Min(1) int maxIndexes,
      @DefaultValue("5s") Duration commitInterval,
      @DefaultValue("64MB") DataSize buffer) {}
}
