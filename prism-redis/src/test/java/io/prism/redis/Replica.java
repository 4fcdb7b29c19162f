package io.prism.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.redis.ReadThrough.LeaseTimes;
import io.prism.starter.backend.BackendGuard;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.backend.BackendProperties;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What one instance of a service has: a connection of its own and all that stands on it. */
final class Replica implements AutoCloseable {

  private final LettuceConnectionFactory connections;
  private final @Nullable Tracking tracking;
  final @Nullable NearCache near;
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

  /** With values in its own memory. */
  static Replica near(String url, long maxBytes) {
    return new Replica(
        url,
        new LeaseTimes(Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofMillis(50)),
        1_000,
        maxBytes);
  }

  Replica(String url, LeaseTimes times, int maxOwed) {
    this(url, times, maxOwed, 0);
  }

  private Replica(String url, LeaseTimes times, int maxOwed, long nearBytes) {
    RedisURI address = RedisURI.create(url);
    connections =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(address.getHost(), address.getPort()),
            LettuceClientConfiguration.builder()
                .commandTimeout(Duration.ofMillis(500))
                .clientOptions(SharedRedis.bounded(ClientOptions.builder(), 10_000).build())
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
    near = nearBytes == 0 ? null : new NearCache(nearBytes, Duration.ofSeconds(1), meters);
    tracking = near == null ? null : new Tracking(link, near, Duration.ofMillis(250));
    entries = new Entries(link, new RedisValues(link, near));
    invalidations = new Invalidations(entries, maxOwed, meters);
    fences = new Fences(entries, invalidations, Duration.ofSeconds(10));
    reads = new ReadThrough(entries, invalidations, times, meters);
  }

  @Override
  public void close() {
    if (tracking != null) {
      tracking.close();
    }
    reads.close();
    invalidations.close();
    link.close();
    connections.destroy();
  }
}
