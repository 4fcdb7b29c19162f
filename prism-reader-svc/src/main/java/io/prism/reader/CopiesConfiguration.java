package io.prism.reader;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.reader.domain.RowCopies;
import io.prism.reader.postgres.PostgresCollections;
import io.prism.reader.redis.RedisRowCopies;
import io.prism.redis.ConditionalOnRedis;
import io.prism.redis.Invalidations;
import io.prism.redis.ReadThrough;
import io.prism.redis.RedisCopies;
import io.prism.starter.PrismFeature;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires copies of rows, where a Redis is named. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRedis
// Ours first: Boot makes only what is not there yet.
@Import({RedisCopies.class, DataRedisAutoConfiguration.class})
class CopiesConfiguration {

  @Bean
  RowCopies<byte[]> rowCopies(
      PostgresCollections collections,
      ReadThrough reads,
      Invalidations invalidations,
      ReaderProperties properties,
      MeterRegistry meters) {
    return new RedisRowCopies(
        collections,
        collections,
        reads,
        invalidations,
        Math.toIntExact(properties.cache().maxRow().toBytes()),
        meters);
  }

  @Bean
  PrismFeature cachedGetFeature() {
    return new PrismFeature("reader.cached_get");
  }
}
