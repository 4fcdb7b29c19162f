package io.prism.queue.domain;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The live subscriptions of this instance. Thread-safe. */
public final class Subscriptions {

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

  private final Replicas replicas;
  private final Map<String, Set<Subscription>> bySession = new ConcurrentHashMap<>();
  private final Set<Subscription> all = ConcurrentHashMap.newKeySet();
  private final List<Consumer<Subscription>> observers = new CopyOnWriteArrayList<>();

  public Subscriptions(Replicas replicas) {
    this.replicas = replicas;
  }

  /** A subscription is live from now on; it has not delivered anything yet. */
  public void add(Subscription subscription) {
    if (!all.add(subscription)) {
      return;
    }
    observers.forEach(observer -> observer.accept(subscription));
    replicas.announce(subscription.request());
    bySession.compute(
        subscription.request().sessionId(),
        (id, known) -> {
          Set<Subscription> streams = known == null ? ConcurrentHashMap.newKeySet() : known;
          streams.add(subscription);
          return streams;
        });
  }

  /** A subscription is over. */
  public void remove(Subscription subscription) {
    if (!all.remove(subscription)) {
      return;
    }
    bySession.computeIfPresent(
        subscription.request().sessionId(),
        (id, streams) -> {
          streams.remove(subscription);
          return streams.isEmpty() ? null : streams;
        });
    replicas.withdraw(subscription.request());
  }

  /** Tells of each subscription that begins from now on, before it delivers anything. */
  public void observe(Consumer<Subscription> observer) {
    observers.add(observer);
  }

  /** All live subscriptions. */
  public Collection<Subscription> all() {
    return all;
  }

  /** The live subscription of a group that has a partition of a topic. */
  Optional<Subscription> owner(GroupName group, TopicName topic, int partition) {
    return all.stream()
        .filter(subscription -> group.equals(subscription.request().group()))
        .filter(subscription -> subscription.request().topic().equals(topic))
        .filter(subscription -> subscription.owns(partition))
        .findFirst();
  }

  /**
   * Changes messages that were delivered to streams of a session here, in each group that has them
   * outstanding. The bit of an id is set when one did.
   */
  public BitSet change(DeliveryChange change) {
    BitSet changed = new BitSet(change.ids().size());
    Duration deadline = change.ackDeadline();
    for (Subscription subscription : bySession.getOrDefault(change.sessionId(), Set.of())) {
      if (deadline == null) {
        subscription.acknowledge(change.ids(), changed);
      } else {
        subscription.modify(change.ids(), deadline, changed);
      }
    }
    return changed;
  }

  /**
   * Completes when all that was delivered to streams with a group is acknowledged, or after a time.
   */
  public CompletableFuture<Void> settled(Duration limit) {
    return settledUntil(System.nanoTime() + limit.toNanos());
  }

  private CompletableFuture<Void> settledUntil(long endNanos) {
    if (all.stream().allMatch(Subscriptions::isSettled) || System.nanoTime() - endNanos > 0) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.runAsync(() -> {}, LATER).thenCompose(later -> settledUntil(endNanos));
  }

  private static boolean isSettled(Subscription subscription) {
    return subscription.request().group() == null
        || subscription.isEnded()
        || subscription.outstanding() == 0;
  }
}
