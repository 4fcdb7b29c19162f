package io.prism.redis;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.util.unit.DataSize;

/** What a service imports to have copies in Redis: a link, reading, invalidation and fences. */
@Configuration(proxyBeanMethods = false)
@Import(SharedRedis.class)
public class RedisCopies {

  @Bean
  RedisValues redisValues(RedisLink link, ObjectProvider<NearCache> near) {
    return new RedisValues(link, near.getIfAvailable());
  }

  /** Values in this instance's memory, where it is to have any. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(OnNearCache.class)
  static class Near {

    @Bean
    NearCache nearCache(
        RedisProperties properties, RedisConnectionFactory connections, MeterRegistry meters) {
      return new NearCache(
          properties.near().maxBytes().toBytes(),
          SharedRedis.commandTimeout(connections).multipliedBy(2),
          meters);
    }

    @Bean
    Tracking tracking(RedisLink link, NearCache near, RedisConnectionFactory connections) {
      return new Tracking(link, near, SharedRedis.commandTimeout(connections).dividedBy(2));
    }
  }

  /** Whether values are to be kept in this instance's memory. */
  static final class OnNearCache implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      DataSize size =
          Binder.get(context.getEnvironment())
              .bind("prism.redis.near.max-bytes", DataSize.class)
              .orElse(DataSize.ofBytes(0));
      return size.toBytes() > 0;
    }
  }

  @Bean
  Entries redisEntries(RedisLink link, RedisValues values) {
    return new Entries(link, values);
  }

  @Bean
  Invalidations invalidations(
      Entries redisEntries, RedisProperties properties, MeterRegistry meters) {
    return new Invalidations(redisEntries, properties.maxOwed(), meters);
  }

  @Bean
  Fences fences(Entries redisEntries, Invalidations invalidations, RedisProperties properties) {
    return new Fences(redisEntries, invalidations, properties.fence());
  }

  @Bean
  ReadThrough readThrough(
      Entries redisEntries,
      Invalidations invalidations,
      RedisProperties properties,
      MeterRegistry meters) {
    return new ReadThrough(
        redisEntries,
        invalidations,
        new ReadThrough.LeaseTimes(properties.lease(), properties.maxWait(), properties.quiet()),
        meters);
  }
}
