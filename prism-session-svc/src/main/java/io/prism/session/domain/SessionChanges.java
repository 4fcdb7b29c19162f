package io.prism.session.domain;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands changes of sessions on to whoever follows them in this process: the feed's streams and this
 * service's own registry. Thread-safe.
 */
public final class SessionChanges {

  /** Follows changes. Called on the threads of others: must not block. */
  public interface Follower {

    /** Sessions have changed. An event may come twice, and an older one after a newer one. */
    void changed(Collection<SessionEvent> events);

    /** Everything that was committed before this call has been handed on. */
    void current();

    /** Nobody can say any more whether something has changed. */
    void lost();
  }

  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private final Duration maxSilence;
  private volatile long currentNanos;
  private volatile boolean known;

  /**
   * @param maxSilence after how long without {@link #current} the state counts as unknown
   */
  public SessionChanges(Duration maxSilence) {
    this.maxSilence = maxSilence;
  }

  public void follow(Follower follower) {
    followers.add(follower);
  }

  public void unfollow(Follower follower) {
    followers.remove(follower);
  }

  public void publish(List<SessionEvent> events) {
    if (!events.isEmpty()) {
      followers.forEach(follower -> follower.changed(events));
    }
  }

  /** Everything that was committed before this call has been published. */
  public void current() {
    currentNanos = System.nanoTime();
    known = true;
    followers.forEach(Follower::current);
  }

  /** Says so to the followers if the last word is too old. */
  public void checkSilence() {
    if (!isCurrent()) {
      followers.forEach(Follower::lost);
    }
  }

  public boolean isCurrent() {
    return known && System.nanoTime() - currentNanos <= maxSilence.toNanos();
  }
}
