package io.prism.queue.domain;

import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;

/**
 * Acknowledge and ModifyAckDeadline, wherever the streams of the session are. Thread-safe; never
 * blocks.
 *
 * <p>Two groups of a session may both have a message outstanding, at different replicas, so those
 * that have streams of the session are asked even when nothing is left over here.
 */
public final class Deliveries {

  private static final Duration CLIENT_RETRY = Duration.ofSeconds(1);

  private final Subscriptions subscriptions;
  private final Replicas replicas;

  public Deliveries(Subscriptions subscriptions, Replicas replicas) {
    this.subscriptions = subscriptions;
    this.replicas = replicas;
  }

  /**
   * Changes deliveries; the bit of an id is set when a stream had it outstanding. Fails with
   * PEER_UNAVAILABLE when ids are left and a replica that may have them does not answer: to call
   * them not outstanding could leave them so for as long as their stream lives.
   */
  public CompletableFuture<BitSet> change(DeliveryChange change) {
    BitSet here = subscriptions.change(change);
    return replicas
        .change(change, here)
        .thenApply(
            elsewhere -> {
              BitSet changed = (BitSet) here.clone();
              changed.or(elsewhere.changed());
              int left = change.ids().size() - changed.cardinality();
              if (left > 0 && elsewhere.holderMissing()) {
                throw unavailable(changed.cardinality(), left);
              }
              return changed;
            });
  }

  private static PrismException unavailable(int changed, int left) {
    return PrismException.because(
            QueueReason.PEER_UNAVAILABLE,
            "an instance that has a stream of this session does not answer")
        .with("changed", Integer.toString(changed))
        .with("unresolved", Integer.toString(left))
        .retryAfter(CLIENT_RETRY)
        .build();
  }
}
