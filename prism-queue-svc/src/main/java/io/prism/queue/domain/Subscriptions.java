package io.prism.queue.domain;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
