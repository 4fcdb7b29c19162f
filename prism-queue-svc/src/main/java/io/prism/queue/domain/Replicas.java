package io.prism.queue.domain;

import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The other replicas of this service, and the streams that they have. Never blocks the caller; a
 * replica that does not answer is no failure.
 */
public interface Replicas {

  /** A stream begins here; to be told before it delivers anything. */
  void announce(SubscriptionRequest stream);

  /** A stream that was announced is over. */
  void withdraw(SubscriptionRequest stream);

  /**
   * Changes deliveries at the replicas that have streams of the session as far as is known, and at
   * all others too when ids are left then: a stream may have begun a moment ago.
   *
   * @param changedHere which of the ids were outstanding here
   */
  CompletableFuture<Elsewhere> change(DeliveryChange change, BitSet changedHere);

  /**
   * Changes positions in those partitions that streams of other replicas have as far as is known.
   * Answers the positions as they are then, without the partitions that no stream there has.
   */
  CompletableFuture<Map<Integer, Long>> change(
      PositionChange.Kind kind, TopicName topic, GroupName group, Map<Integer, Long> positions);

  /**
   * What came of a change of deliveries.
   *
   * @param changed bits of the ids that were outstanding at another replica
   * @param holderMissing whether a replica that has streams of the session did not answer
   */
  record Elsewhere(BitSet changed, boolean holderMissing) {}
}
