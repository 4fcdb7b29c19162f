package io.prism.session.domain;

import java.util.Set;

/**
 * The deployment's maxima.
 *
 * @param maxBytes most bytes of a resolved configuration, since it travels in the session token
 * @param backendOptions names that {@code backend.options} may have
 */
public record ConfigLimits(
    int maxBytes,
    int maxPoolConnections,
    int maxTimeoutMs,
    int maxCacheSizeMb,
    int maxRequestsPerSecond,
    int maxPartitions,
    int maxRetentionDays,
    Set<String> backendOptions) {

  public ConfigLimits {
    backendOptions = Set.copyOf(backendOptions);
  }
}
