package io.prism.starter.peer;

import io.prism.peer.internal.v1.WatchResponse;
import io.prism.starter.call.OutboundStream;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells one watcher: a snapshot in pages as fast as the watcher takes them, then changes.
 *
 * <p>A change waits as the key alone, once however often it changes, and what is said of it is how
 * it is when it is sent. Whoever makes progress possible drains, and one of them at a time sends.
 */
final class PresenceStream implements OutboundStream.Events {

  static final int PAGE = 500;
  static final int MAX_WAITING = 10_000;

  private final Presence presence;
  private final OutboundStream<WatchResponse> out;
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicInteger drains = new AtomicInteger();
  private volatile boolean snapshotDue = true;
  private volatile boolean beatDue;
  // Touched only by the one that sends.
  private @Nullable Iterator<String> snapshot;

  PresenceStream(Presence presence, OutboundStream<WatchResponse> out) {
    this.presence = presence;
    this.out = out;
  }

  /** A key is held or released since it was last looked at. */
  void changed(String key) {
    waiting.add(key);
    if (waiting.size() > MAX_WAITING) {
      snapshotDue = true;
    }
    drain();
  }

  void beat() {
    beatDue = true;
    drain();
  }

  @Override
  public void onReady() {
    drain();
  }

  @Override
  public void onEnd() {
    presence.remove(this);
    waiting.clear();
  }

  int waiting() {
    return waiting.size();
  }

  private void drain() {
    if (drains.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      while (out.isReady() && !out.isEnded() && sendNext()) {}
      bound();
      seen = drains.addAndGet(-seen);
    } while (seen != 0);
  }

  /** While the watcher takes nothing: the snapshot that is due will have what waits. */
  private void bound() {
    if (snapshotDue) {
      waiting.clear();
    }
  }

  private boolean sendNext() {
    WatchResponse.Builder next = WatchResponse.newBuilder();
    if (snapshotDue) {
      snapshotDue = false;
      // First cleared and then read: what changes in between waits again.
      waiting.clear();
      snapshot = presence.keys();
      next.setInstanceId(presence.instanceId()).setSnapshotBegins(true);
    }
    Iterator<String> keys = snapshot;
    if (keys != null) {
      while (next.getHeldCount() < PAGE && keys.hasNext()) {
        next.addHeld(keys.next());
      }
      if (!keys.hasNext()) {
        snapshot = null;
        next.setSnapshotComplete(true);
      }
    } else if (!addChanges(next) && !beatDue) {
      return false;
    }
    beatDue = false;
    return out.send(next.build());
  }

  private boolean addChanges(WatchResponse.Builder next) {
    Iterator<String> keys = waiting.iterator();
    int count = 0;
    while (count < PAGE && keys.hasNext()) {
      String key = keys.next();
      // First removed and then looked at: a change in between waits again.
      keys.remove();
      if (presence.isHeld(key)) {
        next.addHeld(key);
      } else {
        next.addReleased(key);
      }
      count++;
    }
    return count > 0;
  }
}
