package io.prism.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.NettyCustomizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** What a service imports to have copies in Redis: a link, reading, invalidation and fences. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisProperties.class)
public class RedisCopies {

  private static final int FLUSH_AFTER = 256;

  @Bean
  LettuceClientOptionsBuilderCustomizer boundedRedisClient(RedisProperties properties) {
    return options -> bounded(options, properties.maxRequests());
  }

  /** A client whose commands wait for nothing but an answer, and not long for that. */
  static ClientOptions.Builder bounded(ClientOptions.Builder options, int maxRequests) {
    return options
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(maxRequests)
        // What was under way when a connection broke may have been done: never do it twice.
        .replayFilter(command -> true)
        .timeoutOptions(TimeoutOptions.enabled());
  }

  /** Commands of many calls go out in one write. */
  @Bean
  ClientResourcesBuilderCustomizer consolidatedRedisWrites() {
    return resources ->
        resources.nettyCustomizer(
            new NettyCustomizer() {
              @Override
              public void afterChannelInitialized(Channel channel) {
                channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AFTER, true));
              }
            });
  }

  @Bean
  BackendGuard redisGuard(BackendGuards guards) {
    return guards.guard("redis", RedisFailures::isOutage);
  }

  @Bean
  RedisLink redisLink(RedisConnectionFactory connections, BackendGuard redisGuard) {
    return new RedisLink(connections, redisGuard);
  }

  @Bean
  Entries redisEntries(RedisLink link) {
    return new Entries(link);
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
