package io.prism.queue.domain;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The live subscriptions of this instance. Thread-safe. */
public final class Subscriptions {

  private final Map<String, Set<Subscription>> bySession = new ConcurrentHashMap<>();
  private final Set<Subscription> all = ConcurrentHashMap.newKeySet();

  /** A subscription is live from now on. */
  public void add(Subscription subscription) {
    all.add(subscription);
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
    all.remove(subscription);
    bySession.computeIfPresent(
        subscription.request().sessionId(),
        (id, streams) -> {
          streams.remove(subscription);
          return streams.isEmpty() ? null : streams;
        });
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
   * Changes the time to acknowledge messages that were delivered to streams of a session. The bit
   * of an id is set when one has it outstanding.
   *
   * @param deadline from now; zero gives the messages back for redelivery at once
   */
  public BitSet modify(String sessionId, List<MessageId> ids, Duration deadline) {
    BitSet modified = new BitSet(ids.size());
    for (Subscription subscription : bySession.getOrDefault(sessionId, Set.of())) {
      subscription.modify(ids, deadline, modified);
    }
    return modified;
  }

  /**
   * Acknowledges messages that were delivered to streams of a session, in each group that holds
   * them. The bit of an id is set when one did.
   */
  public BitSet acknowledge(String sessionId, List<MessageId> ids) {
    BitSet acknowledged = new BitSet(ids.size());
    for (Subscription subscription : bySession.getOrDefault(sessionId, Set.of())) {
      subscription.acknowledge(ids, acknowledged);
    }
    return acknowledged;
  }
}
