package io.prism.session.domain;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.BackendConfig;
import io.prism.config.v1.BackendType;
import io.prism.config.v1.CacheConfig;
import io.prism.config.v1.CacheStrategy;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ConsistencyConfig;
import io.prism.config.v1.ConsistencyLevel;
import io.prism.config.v1.QueueConfig;
import io.prism.config.v1.RateLimitConfig;
import io.prism.config.v1.VectorConfig;
import io.prism.starter.error.PrismException.Violation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a configuration may say, by itself: without a look at namespaces and principals. */
public final class ConfigRules {

  private static final int MAX_VERSION = 64;
  private static final int MAX_NAME = 128;
  private static final int MAX_ROLLUP_DIMENSIONS = 32;
  private static final int MAX_VECTOR_DIMENSIONS = 4_096;
  private static final int MAX_HNSW_LINKS = 512;
  private static final int MAX_HNSW_CANDIDATES = 10_000;
  private static final int MAX_DELIVERY_ATTEMPTS = 1_000;
  private static final int DAY_SECONDS = 86_400;
  private static final int YEAR_SECONDS = 365 * DAY_SECONDS;

  private static final Map<AccessPattern, Set<BackendType>> BACKENDS =
      Map.of(
          AccessPattern.ACCESS_PATTERN_KEY_VALUE, EnumSet.of(BackendType.BACKEND_TYPE_POSTGRES),
          AccessPattern.ACCESS_PATTERN_QUEUE, EnumSet.of(BackendType.BACKEND_TYPE_KAFKA),
          AccessPattern.ACCESS_PATTERN_PUBSUB, EnumSet.of(BackendType.BACKEND_TYPE_NATS),
          AccessPattern.ACCESS_PATTERN_PAGED_READER, EnumSet.of(BackendType.BACKEND_TYPE_POSTGRES),
          AccessPattern.ACCESS_PATTERN_TRANSACT_WRITE,
              EnumSet.of(BackendType.BACKEND_TYPE_POSTGRES),
          AccessPattern.ACCESS_PATTERN_CACHE, EnumSet.of(BackendType.BACKEND_TYPE_REDIS),
          AccessPattern.ACCESS_PATTERN_TIMESERIES,
              EnumSet.of(BackendType.BACKEND_TYPE_CLICKHOUSE, BackendType.BACKEND_TYPE_DUCKDB),
          AccessPattern.ACCESS_PATTERN_OBJECT_STORE, EnumSet.of(BackendType.BACKEND_TYPE_S3),
          AccessPattern.ACCESS_PATTERN_VECTOR, EnumSet.of(BackendType.BACKEND_TYPE_REDIS));

  private final ConfigLimits limits;

  public ConfigRules(ConfigLimits limits) {
    this.limits = limits;
  }

  /** What makes a configuration unusable. */
  public List<Violation> violations(ClientConfig config) {
    Violations violations = new Violations();
    identity(config, violations);
    if (config.getPattern() == AccessPattern.UNRECOGNIZED) {
      violations.add("pattern", config.getPatternValue() + " (expected: a known pattern)");
    }
    backend(config.getPattern(), config.getBackend(), violations);
    consistency(config.getPattern(), config.getConsistency(), violations);
    cache(config.getCache(), violations);
    rateLimit(config.getRateLimit(), violations);
    queue(config.getQueue(), violations);
    timeSeries(config, violations);
    objectStore(config, violations);
    vector(config.getVector(), violations);
    return violations.found();
  }

  /** What works and is probably not meant. */
  public List<Violation> warnings(ClientConfig config) {
    List<Violation> warnings = new ArrayList<>();
    AccessPattern pattern = config.getPattern();
    if (pattern == AccessPattern.ACCESS_PATTERN_UNSPECIFIED) {
      if (config.hasBackend()) {
        warnings.add(new Violation("backend", "has no effect without a pattern"));
      }
      return warnings;
    }
    unused(config.hasQueue(), "queue", pattern, AccessPattern.ACCESS_PATTERN_QUEUE, warnings);
    unused(
        config.hasTimeseries(),
        "timeseries",
        pattern,
        AccessPattern.ACCESS_PATTERN_TIMESERIES,
        warnings);
    unused(
        config.hasObjectStore(),
        "object_store",
        pattern,
        AccessPattern.ACCESS_PATTERN_OBJECT_STORE,
        warnings);
    unused(config.hasVector(), "vector", pattern, AccessPattern.ACCESS_PATTERN_VECTOR, warnings);
    return warnings;
  }

  private static void unused(
      boolean set,
      String field,
      AccessPattern pattern,
      AccessPattern usedBy,
      List<Violation> warnings) {
    if (set && pattern != usedBy) {
      warnings.add(new Violation(field, "has no effect with pattern " + pattern));
    }
  }

  private static void identity(ClientConfig config, Violations violations) {
    if (!config.getName().isEmpty() && !Names.isConfig(config.getName())) {
      violations.add("name", "'" + config.getName() + "' (expected: 1-64 characters [a-z0-9-])");
    }
    if (config.getVersion().length() > MAX_VERSION) {
      violations.add("version", "expected: at most " + MAX_VERSION + " characters");
    }
    if (!config.getNamespace().isEmpty() && !Names.isNamespace(config.getNamespace())) {
      violations.add(
          "namespace",
          "'" + config.getNamespace() + "' (expected: [a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)");
    }
  }

  private void backend(AccessPattern pattern, BackendConfig backend, Violations violations) {
    BackendType type = backend.getType();
    Set<BackendType> fitting = BACKENDS.get(pattern);
    if (type == BackendType.UNRECOGNIZED) {
      violations.add("backend.type", backend.getTypeValue() + " (expected: a known type)");
    } else if (type != BackendType.BACKEND_TYPE_UNSPECIFIED
        && fitting != null
        && !fitting.contains(type)) {
      violations.add("backend.type", type + " (expected with " + pattern + ": " + fitting + ")");
    }
    backend.getOptionsMap().keySet().stream()
        .filter(name -> !limits.backendOptions().contains(name))
        .sorted()
        .forEach(
            name ->
                violations.add(
                    "backend.options[" + name + "]",
                    "unknown (expected: one of " + limits.backendOptions() + ")"));
    int max = backend.getPool().getMaxConnections();
    int min = backend.getPool().getMinConnections();
    violations.range("backend.pool.max_connections", max, 0, limits.maxPoolConnections());
    violations.range(
        "backend.pool.min_connections", min, 0, max > 0 ? max : limits.maxPoolConnections());
    violations.range(
        "backend.pool.idle_timeout_seconds",
        backend.getPool().getIdleTimeoutSeconds(),
        0,
        DAY_SECONDS);
  }

  private void consistency(
      AccessPattern pattern, ConsistencyConfig consistency, Violations violations) {
    ConsistencyLevel level = consistency.getLevel();
    if (level == ConsistencyLevel.UNRECOGNIZED) {
      violations.add("consistency.level", consistency.getLevelValue() + " (expected: known)");
    }
    if (pattern == AccessPattern.ACCESS_PATTERN_PUBSUB
        && level == ConsistencyLevel.CONSISTENCY_LEVEL_STRONG) {
      violations.add("consistency.level", level + " (expected with " + pattern + ": EVENTUAL)");
    }
    violations.range(
        "consistency.timeout_ms", consistency.getTimeoutMs(), 0, limits.maxTimeoutMs());
  }

  private void cache(CacheConfig cache, Violations violations) {
    violations.range("cache.ttl_seconds", cache.getTtlSeconds(), 0, YEAR_SECONDS);
    violations.range("cache.max_size_mb", cache.getMaxSizeMb(), 0, limits.maxCacheSizeMb());
    violations.range("cache.negative_ttl_seconds", cache.getNegativeTtlSeconds(), 0, DAY_SECONDS);
    violations.range(
        "cache.stale_while_revalidate_seconds",
        cache.getStaleWhileRevalidateSeconds(),
        0,
        DAY_SECONDS);
    if (cache.getStrategy() == CacheStrategy.UNRECOGNIZED) {
      violations.add("cache.strategy", cache.getStrategyValue() + " (expected: a known strategy)");
    }
    boolean named =
        !cache.getSource().getKeyField().isEmpty() || !cache.getSource().getValueField().isEmpty();
    if (named && cache.getSource().getCollection().isEmpty()) {
      violations.add("cache.source.collection", "empty (expected: set, as fields of it are named)");
    }
  }

  private void rateLimit(RateLimitConfig rate, Violations violations) {
    int max = limits.maxRequestsPerSecond();
    violations.range("rate_limit.requests_per_second", rate.getRequestsPerSecond(), 0, max);
    violations.range("rate_limit.burst", rate.getBurst(), 0, 10L * max);
  }

  private void queue(QueueConfig queue, Violations violations) {
    violations.range("queue.partitions", queue.getPartitions(), 0, limits.maxPartitions());
    violations.range(
        "queue.max_delivery_attempts", queue.getMaxDeliveryAttempts(), 0, MAX_DELIVERY_ATTEMPTS);
    if (queue.hasAckTimeout()) {
      duration("queue.ack_timeout", queue.getAckTimeout(), DAY_SECONDS, violations);
    }
    if (queue.hasRetention()) {
      duration(
          "queue.retention",
          queue.getRetention(),
          (long) limits.maxRetentionDays() * DAY_SECONDS,
          violations);
    }
    if (queue.getDeadLetterTopic().length() > MAX_NAME) {
      violations.add("queue.dead_letter_topic", "expected: at most " + MAX_NAME + " characters");
    }
  }

  private static void duration(
      String field, Duration duration, long maxSeconds, Violations violations) {
    if (!Durations.isValid(duration)
        || !Durations.isPositive(duration)
        || duration.getSeconds() > maxSeconds) {
      violations.add(field, "expected: more than 0 s and at most " + maxSeconds + " s");
    }
  }

  private void timeSeries(ClientConfig config, Violations violations) {
    violations.range(
        "timeseries.retention_days",
        config.getTimeseries().getRetentionDays(),
        0,
        limits.maxRetentionDays());
    violations.range(
        "timeseries.rollup_dimensions",
        config.getTimeseries().getRollupDimensionsCount(),
        0,
        MAX_ROLLUP_DIMENSIONS);
  }

  private static void objectStore(ClientConfig config, Violations violations) {
    violations.range(
        "object_store.default_ttl_seconds",
        config.getObjectStore().getDefaultTtlSeconds(),
        0,
        10L * YEAR_SECONDS);
    violations.range(
        "object_store.max_object_bytes",
        config.getObjectStore().getMaxObjectBytes(),
        0,
        Long.MAX_VALUE);
  }

  private static void vector(VectorConfig vector, Violations violations) {
    if (!vector.getIndex().isEmpty() && !Names.isConfig(vector.getIndex())) {
      violations.add("vector.index", "expected: 1-64 characters [a-z0-9-]");
    }
    violations.range("vector.dimensions", vector.getDimensions(), 0, MAX_VECTOR_DIMENSIONS);
    violations.range("vector.m", vector.getM(), 0, MAX_HNSW_LINKS);
    violations.range("vector.ef_construction", vector.getEfConstruction(), 0, MAX_HNSW_CANDIDATES);
    violations.range("vector.ef_search", vector.getEfSearch(), 0, MAX_HNSW_CANDIDATES);
  }
}
