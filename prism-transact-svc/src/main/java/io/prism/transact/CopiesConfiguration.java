package io.prism.transact;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.redis.ConditionalOnRedis;
import io.prism.redis.Invalidations;
import io.prism.redis.RedisCopies;
import io.prism.starter.PrismFeature;
import io.prism.transact.domain.RowCopies;
import io.prism.transact.redis.RedisRowCopies;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the removal of copies of rows, where a Redis is named. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRedis
// Ours first: Boot makes only what is not there yet.
@Import({RedisCopies.class, DataRedisAutoConfiguration.class})
class CopiesConfiguration {

  @Bean
  RowCopies rowCopies(Invalidations invalidations, MeterRegistry meters) {
    return new RedisRowCopies(invalidations, meters);
  }

  @Bean
  PrismFeature invalidationFeature() {
    return new PrismFeature("transact.cache_invalidation");
  }
}
