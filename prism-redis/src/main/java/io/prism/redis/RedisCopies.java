package io.prism.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.unit.DataSize;

/** What a service imports to have copies in Redis: a link, reading, invalidation and fences. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisProperties.class)
public class RedisCopies {

  private static final int FLUSH_AFTER = 256;
  private static final Duration FIRST_RECONNECT = Duration.ofMillis(10);

  /** After an outage of any length, Redis is found again within about this time. */
  private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(1);

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
        // The link fails what takes too long, without a timer for each command.
        .timeoutOptions(TimeoutOptions.create());
  }

  /**
   * Commands of many calls go out in one write. They are measured once, by the guard: Lettuce's own
   * spans and times of each command cost as much as the command. Whole, since customizers of Boot's
   * own would turn them on after any of ours.
   */
  @Bean(destroyMethod = "shutdown")
  ClientResources redisClientResources() {
    return DefaultClientResources.builder()
        .tracing(Tracing.disabled())
        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
        .reconnectDelay(
            Delay.exponential(FIRST_RECONNECT, LONGEST_RECONNECT, 2, TimeUnit.MILLISECONDS))
        .nettyCustomizer(
            new NettyCustomizer() {
              @Override
              public void afterChannelInitialized(Channel channel) {
                channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AFTER, true));
              }
            })
        .build();
  }

  @Bean
  BackendGuard redisGuard(BackendGuards guards) {
    return guards.guard("redis", RedisFailures::isOutage);
  }

  @Bean
  RedisLink redisLink(RedisConnectionFactory connections, BackendGuard redisGuard) {
    return new RedisLink(connections, commandTimeout(connections), redisGuard);
  }

  private static Duration commandTimeout(RedisConnectionFactory connections) {
    return connections instanceof LettuceConnectionFactory lettuce
        ? lettuce.getClientConfiguration().getCommandTimeout()
        : RedisURI.DEFAULT_TIMEOUT_DURATION;
  }

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
          commandTimeout(connections).multipliedBy(2),
          meters);
    }

    @Bean
    Tracking tracking(RedisLink link, NearCache near, RedisConnectionFactory connections) {
      return new Tracking(link, near, commandTimeout(connections).dividedBy(2));
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
