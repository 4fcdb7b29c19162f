package io.prism.session.domain;

import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.BackendType;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheStrategy;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ConsistencyLevel;
import io.prism.config.v1.DistanceMetric;
import io.prism.config.v1.QueueConfig;
import io.prism.config.v1.RateLimitConfig;
import io.prism.config.v1.TimeSeriesConfig;
import io.prism.config.v1.VectorConfig;
import java.util.EnumMap;
import java.util.Map;

/**
 * Fills in what a configuration leaves open.
 *
 * @param requestsPerSecond rate limit of a session that names none; 0: none
 * @param burst its burst; 0: the same as {@code requestsPerSecond}
 * @param timeSeriesBackend the deployment's store for time series
 */
public record ConfigDefaults(int requestsPerSecond, int burst, BackendType timeSeriesBackend) {

  private static final int CACHE_TTL_SECONDS = 900;
  private static final int PARTITIONS = 6;
  private static final int MAX_DELIVERY_ATTEMPTS = 5;
  private static final int RETENTION_DAYS = 90;

  /** The configuration in force, in a namespace. */
  public ClientConfig fill(ClientConfig config, String namespace) {
    ClientConfig.Builder filled = config.toBuilder().setNamespace(namespace);
    if (!config.hasRateLimit() && requestsPerSecond > 0) {
      filled.setRateLimit(RateLimitConfig.newBuilder().setRequestsPerSecond(requestsPerSecond));
    }
    if (filled.getRateLimit().getRequestsPerSecond() == 0 && requestsPerSecond > 0) {
      filled.getRateLimitBuilder().setRequestsPerSecond(requestsPerSecond);
    }
    if (filled.hasRateLimit() && filled.getRateLimit().getBurst() == 0) {
      filled
          .getRateLimitBuilder()
          .setBurst(
              !config.hasRateLimit() && burst > 0
                  ? burst
                  : filled.getRateLimit().getRequestsPerSecond());
    }
    AccessPattern pattern = config.getPattern();
    if (pattern != AccessPattern.ACCESS_PATTERN_UNSPECIFIED) {
      if (filled.getBackend().getType() == BackendType.BACKEND_TYPE_UNSPECIFIED) {
        filled.getBackendBuilder().setType(backends().get(pattern));
      }
      if (filled.getConsistency().getLevel() == ConsistencyLevel.CONSISTENCY_LEVEL_UNSPECIFIED) {
        filled.getConsistencyBuilder().setLevel(level(pattern, config.getCache().getStrategy()));
      }
    }
    if (config.hasCache() || pattern == AccessPattern.ACCESS_PATTERN_CACHE) {
      filled.setCache(cache(config.getCache()));
    }
    if (config.hasQueue() || pattern == AccessPattern.ACCESS_PATTERN_QUEUE) {
      filled.setQueue(queue(config.getQueue()));
    }
    if (config.hasTimeseries() || pattern == AccessPattern.ACCESS_PATTERN_TIMESERIES) {
      TimeSeriesConfig.Builder timeSeries = filled.getTimeseriesBuilder();
      if (timeSeries.getRetentionDays() == 0) {
        timeSeries.setRetentionDays(RETENTION_DAYS);
      }
    }
    if (config.hasVector() || pattern == AccessPattern.ACCESS_PATTERN_VECTOR) {
      filled.setVector(vector(config.getVector()));
    }
    return filled.build();
  }

  private Map<AccessPattern, BackendType> backends() {
    Map<AccessPattern, BackendType> backends = new EnumMap<>(AccessPattern.class);
    backends.put(AccessPattern.ACCESS_PATTERN_KEY_VALUE, BackendType.BACKEND_TYPE_POSTGRES);
    backends.put(AccessPattern.ACCESS_PATTERN_QUEUE, BackendType.BACKEND_TYPE_KAFKA);
    backends.put(AccessPattern.ACCESS_PATTERN_PUBSUB, BackendType.BACKEND_TYPE_NATS);
    backends.put(AccessPattern.ACCESS_PATTERN_PAGED_READER, BackendType.BACKEND_TYPE_POSTGRES);
    backends.put(AccessPattern.ACCESS_PATTERN_TRANSACT_WRITE, BackendType.BACKEND_TYPE_POSTGRES);
    backends.put(AccessPattern.ACCESS_PATTERN_CACHE, BackendType.BACKEND_TYPE_REDIS);
    backends.put(AccessPattern.ACCESS_PATTERN_TIMESERIES, timeSeriesBackend);
    backends.put(AccessPattern.ACCESS_PATTERN_OBJECT_STORE, BackendType.BACKEND_TYPE_S3);
    backends.put(AccessPattern.ACCESS_PATTERN_VECTOR, BackendType.BACKEND_TYPE_REDIS);
    return backends;
  }

  /** RFC-002 §20. */
  private static ConsistencyLevel level(AccessPattern pattern, CacheStrategy strategy) {
    return switch (pattern) {
      case ACCESS_PATTERN_KEY_VALUE,
          ACCESS_PATTERN_TRANSACT_WRITE,
          ACCESS_PATTERN_PAGED_READER,
          ACCESS_PATTERN_OBJECT_STORE ->
          ConsistencyLevel.CONSISTENCY_LEVEL_STRONG;
      case ACCESS_PATTERN_CACHE ->
          strategy == CacheStrategy.CACHE_STRATEGY_WRITE_THROUGH
              ? ConsistencyLevel.CONSISTENCY_LEVEL_STRONG
              : ConsistencyLevel.CONSISTENCY_LEVEL_EVENTUAL;
      case ACCESS_PATTERN_QUEUE,
          ACCESS_PATTERN_PUBSUB,
          ACCESS_PATTERN_TIMESERIES,
          ACCESS_PATTERN_VECTOR,
          ACCESS_PATTERN_UNSPECIFIED,
          UNRECOGNIZED ->
          ConsistencyLevel.CONSISTENCY_LEVEL_EVENTUAL;
    };
  }

  private static CacheConfig cache(CacheConfig config) {
    CacheConfig.Builder cache = config.toBuilder();
    if (config.getTtlSeconds() == 0) {
      cache.setTtlSeconds(CACHE_TTL_SECONDS);
    }
    if (config.getStrategy() == CacheStrategy.CACHE_STRATEGY_UNSPECIFIED) {
      cache.setStrategy(CacheStrategy.CACHE_STRATEGY_LOOK_ASIDE);
    }
    return cache.build();
  }

  private static QueueConfig queue(QueueConfig config) {
    QueueConfig.Builder queue = config.toBuilder();
    if (config.getPartitions() == 0) {
      queue.setPartitions(PARTITIONS);
    }
    if (config.getMaxDeliveryAttempts() == 0) {
      queue.setMaxDeliveryAttempts(MAX_DELIVERY_ATTEMPTS);
    }
    return queue.build();
  }

  private static VectorConfig vector(VectorConfig config) {
    VectorConfig.Builder vector = config.toBuilder();
    if (config.getIndex().isEmpty()) {
      vector.setIndex("default");
    }
    if (config.getMetric() == DistanceMetric.DISTANCE_METRIC_UNSPECIFIED) {
      vector.setMetric(DistanceMetric.DISTANCE_METRIC_COSINE);
    }
    return vector.build();
  }
}
