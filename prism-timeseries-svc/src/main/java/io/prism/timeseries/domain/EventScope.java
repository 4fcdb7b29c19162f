package io.prism.timeseries.domain;

import java.util.Collection;
import java.util.List;

/**
 * What all events of a session have in common.
 *
 * @param namespace whose events they are
 * @param retentionDays days after which they are dropped
 * @param rollupDimensions names of the dimensions that rollups keep, sorted; {@code source} is one
 */
public record EventScope(String namespace, int retentionDays, List<String> rollupDimensions) {

  private static final int DEFAULT_RETENTION_DAYS = 90;

  /**
   * The scope of a session.
   *
   * @param retentionDays as configured; 0: 90
   * @param rollupDimensions as configured; names with control characters are not kept in rollups
   */
  public static EventScope of(
      String namespace, int retentionDays, Collection<String> rollupDimensions) {
    return new EventScope(
        namespace,
        retentionDays <= 0 ? DEFAULT_RETENTION_DAYS : retentionDays,
        rollupDimensions.stream()
            .filter(name -> !name.isEmpty() && name.chars().noneMatch(Character::isISOControl))
            .distinct()
            .sorted()
            .toList());
  }
}
