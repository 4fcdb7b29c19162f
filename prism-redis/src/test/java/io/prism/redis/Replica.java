package io.prism.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.redis.ReadThrough.LeaseTimes;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.backend.BackendProperties;
import java.time.Duration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What one instance of a service has: a connection of its own and all that stands on it. */
final class Replica implements AutoCloseable {

  private final LettuceConnectionFactory connections;
  final RedisLink link;
  final Entries entries;
  final Invalidations invalidations;
  final Fences fences;
  final ReadThrough reads;

  Replica(String url) {
    this(url, new LeaseTimes(Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofMillis(50)));
  }

  Replica(String url, LeaseTimes times) {
    this(url, times, 1_000);
  }

  Replica(String url, LeaseTimes times, int maxOwed) {
    RedisURI address = RedisURI.create(url);
    connections =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(address.getHost(), address.getPort()),
            LettuceClientConfiguration.builder()
                .commandTimeout(Duration.ofMillis(500))
                .clientOptions(RedisCopies.bounded(ClientOptions.builder(), 10_000).build())
                .build());
    connections.afterPropertiesSet();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    BackendGuard guard =
        new BackendGuards(
                new BackendProperties(
                    50, 20, Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(3)),
                meters)
            .guard("redis", RedisFailures::isOutage);
    link = new RedisLink(connections, Duration.ofMillis(500), guard);
    entries = new Entries(link, new RedisValues(link));
    invalidations = new Invalidations(entries, maxOwed, meters);
    fences = new Fences(entries, invalidations, Duration.ofSeconds(10));
    reads = new ReadThrough(entries, invalidations, times, meters);
  }

  @Override
  public void close() {
    reads.close();
    invalidations.close();
    link.close();
    connections.destroy();
  }
}
