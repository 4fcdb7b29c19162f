package io.prism.queue.domain;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Positions that a live subscription's partitions are to have.
 *
 * @param positions by partition
 * @param kind how
 * @param result the positions as they are then; empty when one of the partitions is not the
 *     subscription's any more, and nothing is changed
 */
public record PositionChange(
    Map<Integer, Long> positions, Kind kind, CompletableFuture<Map<Integer, Long>> result) {

  /** How positions change. */
  public enum Kind {
    /** Everything below is acknowledged; a position never goes back. */
    COMMIT,
    /** Delivery goes on from there, forwards or backwards. */
    SEEK
  }

  static PositionChange of(Kind kind, Map<Integer, Long> positions) {
    return new PositionChange(positions, kind, new CompletableFuture<>());
  }

  /** The partitions are not the subscription's any more. */
  public void notMine() {
    result.complete(Map.of());
  }
}
