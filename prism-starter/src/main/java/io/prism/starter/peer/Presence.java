package io.prism.starter.peer;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this replica holds, as opaque keys, and the other replicas that are told so. Thread-safe;
 * never blocks.
 *
 * <p>The keys live as long as the streams that they stand for, so the limit on streams bounds them.
 */
public final class Presence {

  private final String instanceId = UUID.randomUUID().toString();
  private final Map<String, Integer> held = new ConcurrentHashMap<>();
  private final Set<PresenceStream> watchers = ConcurrentHashMap.newKeySet();

  /**
   * This replica holds a key from now on; to be called before what it stands for becomes visible to
   * a client. As often as it is called, {@link #release} has to be.
   */
  public void hold(String key) {
    if (held.merge(key, 1, Integer::sum) == 1) {
      tell(key);
    }
  }

  /** Takes back one {@link #hold}. */
  public void release(String key) {
    if (held.computeIfPresent(key, (name, count) -> count == 1 ? null : count - 1) == null) {
      tell(key);
    }
  }

  /** Watchers are told which keys have changed, not how: they look when they send. */
  private void tell(String key) {
    watchers.forEach(watcher -> watcher.changed(key));
  }

  String instanceId() {
    return instanceId;
  }

  boolean isHeld(String key) {
    return held.containsKey(key);
  }

  /** Each key that is held throughout; one that comes or goes meanwhile may be among them. */
  Iterator<String> keys() {
    return held.keySet().iterator();
  }

  void add(PresenceStream watcher) {
    watchers.add(watcher);
  }

  void remove(PresenceStream watcher) {
    watchers.remove(watcher);
  }

  /** Lets watchers hear that this replica lives. */
  void beat() {
    watchers.forEach(PresenceStream::beat);
  }

  Set<PresenceStream> watchers() {
    return watchers;
  }
}
