package io.prism.starter.auth;

import io.prism.session.internal.v1.SessionState;
import io.prism.session.internal.v1.SessionUsage;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions that this instance has seen, and those that are not plain ACTIVE wherever they were
 * seen. Thread-safe.
 *
 * <p>Whoever feeds it (the session feed; in session-svc the database) says with {@link #refreshed}
 * that it is up to date; when that stays out for longer than the bound, calls are refused.
 */
public final class SessionRegistry {

  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final Map<String, LiveSession> live = new ConcurrentHashMap<>();
  private final Map<String, SessionState> exceptional = new ConcurrentHashMap<>();
  private final Duration maxStaleness;
  private final Clock clock;
  private volatile long refreshedNanos = System.nanoTime();
  private volatile boolean known;

  public SessionRegistry(Duration maxStaleness, Clock clock) {
    this.maxStaleness = maxStaleness;
    this.clock = clock;
  }

  /** The conditions of sessions, from now on; a version that is already superseded is ignored. */
  public void apply(Collection<SessionState> states) {
    for (SessionState state : states) {
      SessionState newest =
          exceptional.merge(
              state.getSessionId(),
              state,
              (old, fresh) -> fresh.getVersion() >= old.getVersion() ? fresh : old);
      LiveSession session = live.get(state.getSessionId());
      if (session != null) {
        session.apply(newest);
      }
    }
  }

  /** The conditions of all sessions that are not plain ACTIVE; the others are ACTIVE again. */
  public void replace(Collection<SessionState> snapshot) {
    Set<String> named = new HashSet<>();
    snapshot.forEach(state -> named.add(state.getSessionId()));
    apply(snapshot);
    exceptional.keySet().removeIf(id -> !named.contains(id));
    live.values().stream()
        .filter(session -> !named.contains(session.session().id()))
        .forEach(LiveSession::reset);
  }

  /** What is known is up to date as of now. */
  public void refreshed() {
    refreshedNanos = System.nanoTime();
    known = true;
  }

  /** Whether calls may rely on what is known. */
  public boolean isFresh() {
    return known && System.nanoTime() - refreshedNanos <= maxStaleness.toNanos();
  }

  /** How long ago what is known was up to date, or when this began while nothing is known yet. */
  public Duration staleness() {
    return Duration.ofNanos(System.nanoTime() - refreshedNanos);
  }

  /** How many sessions had calls here within the last ten minutes. */
  public int size() {
    return live.size();
  }

  void requireFresh() {
    if (!isFresh()) {
      throw PrismException.because(
              CallReason.SESSION_STATE_UNAVAILABLE,
              "the state of sessions is not known here for longer than is safe")
          .retryAfter(RETRY_DELAY)
          .build();
    }
  }

  LiveSession admit(Session session) {
    LiveSession known = live.get(session.id());
    if (known != null && !known.isUnused(FORGET_AFTER.dividedBy(2))) {
      return known;
    }
    // Atomic with forget(): whoever is handed out here has just been used, so it stays.
    LiveSession admitted =
        live.compute(
            session.id(),
            (id, old) -> {
              LiveSession used = old == null ? new LiveSession(session) : old;
              used.touch();
              // Here, so that nobody finds it before it is in its condition.
              SessionState before = exceptional.get(id);
              if (before != null) {
                used.apply(before);
              }
              return used;
            });
    // And again, for what came while nobody could find it.
    SessionState state = exceptional.get(session.id());
    if (state != null) {
      admitted.apply(state);
    }
    return admitted;
  }

  /**
   * The use of sessions since the last call of this method, and forgets what is no longer needed.
   * One caller only.
   */
  public List<SessionUsage> takeUsage() {
    List<SessionUsage> taken = new ArrayList<>();
    for (LiveSession session : live.values()) {
      session.takeUsage().ifPresent(taken::add);
    }
    forget();
    return taken;
  }

  private void forget() {
    Instant now = clock.instant();
    live.keySet()
        .forEach(
            id ->
                live.computeIfPresent(
                    id, (key, session) -> session.isUnused(FORGET_AFTER) ? null : session));
    exceptional.values().removeIf(state -> isPast(state, now));
  }

  private static boolean isPast(SessionState state, Instant now) {
    return state.hasTokenExpiresAt()
        && state.getTokenExpiresAt().getSeconds() < now.getEpochSecond() - 60;
  }
}
