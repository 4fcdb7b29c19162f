package io.prism.session.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where sessions are kept. Every method is one transaction, on the store's clock; a change that is
 * returned is durable, and other replicas learn of it by themselves. Nothing is retried here.
 *
 * <p>Any method may fail with BACKEND_UNAVAILABLE.
 */
public interface SessionStore {

  /**
   * Stores a session and its audit event. The namespace decides whether it is READ_ONLY; a change
   * of the namespace's status finds the session or is found by it.
   *
   * @param maxLivePerCredential refuse it when the credential has that many; 0: no limit
   * @throws io.prism.starter.error.PrismException NAMESPACE_NOT_FOUND, NAMESPACE_SUSPENDED,
   *     TOO_MANY_SESSIONS
   */
  SessionRecord create(NewSession session, int maxLivePerCredential, AuditEntry audit);

  Optional<SessionRecord> find(String id);

  /** Books activity now on a live session; returns the session, live or not. */
  Optional<SessionRecord> touch(String id);

  /**
   * Moves the expiry of a live session to {@code extension} from now, never back and never beyond
   * the death of its token; returns the session, live or not.
   */
  Optional<SessionRecord> extend(String id, Duration extension);

  /**
   * Closes a live session, or makes it TERMINATING if operations are pending and it is not forced.
   * Empty when there is no live session of that id; then no audit event is stored.
   */
  Optional<Closing> close(String id, boolean force, String reason, AuditEntry audit);

  /** Live sessions, newest first. */
  Page<SessionRecord> list(SessionFilter filter, PageRequest page);

  /**
   * The sessions that are not as their token says and whose token still lives, by id.
   *
   * @param after the last id of the page before; empty: from the start
   */
  List<SessionEvent> exceptional(String after, int limit);

  /** Ends what is due: expired, idle, done with terminating. At most {@code limit} of each. */
  List<SessionEvent> sweep(SessionLimits limits, boolean idleToo, int limit);

  /** Deletes sessions whose token has been dead for longer; at most {@code limit}. */
  int deleteDead(Duration since, int limit);
}
