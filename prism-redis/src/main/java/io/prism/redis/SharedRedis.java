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
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What a service imports to have a Redis: the one link that all its calls share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisProperties.class)
public class SharedRedis {

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

  static Duration commandTimeout(RedisConnectionFactory connections) {
    return connections instanceof LettuceConnectionFactory lettuce
        ? lettuce.getClientConfiguration().getCommandTimeout()
        : RedisURI.DEFAULT_TIMEOUT_DURATION;
  }
}
