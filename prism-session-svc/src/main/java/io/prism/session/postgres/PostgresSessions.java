package io.prism.session.postgres;

import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.Closing;
import io.prism.session.domain.NamespaceStatus;
import io.prism.session.domain.NewSession;
import io.prism.session.domain.Page;
import io.prism.session.domain.PageRequest;
import io.prism.session.domain.SessionEvent;
import io.prism.session.domain.SessionFilter;
import io.prism.session.domain.SessionLimits;
import io.prism.session.domain.SessionReason;
import io.prism.session.domain.SessionRecord;
import io.prism.session.domain.SessionState;
import io.prism.session.domain.SessionStore;
import io.prism.starter.error.PrismException;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Sessions in PostgreSQL. */
public final class PostgresSessions implements SessionStore {

  private static final String LIVE = "s.status in ('ACTIVE', 'READ_ONLY', 'TERMINATING')";
  private static final String CHANGED =
      "version = s.version + 1, changed_by = pg_current_xact_id()";

  private final Database database;
  private final JdbcClient jdbc;
  private final EntityManager entities;

  public PostgresSessions(Database database, JdbcClient jdbc, EntityManager entities) {
    this.database = database;
    this.jdbc = jdbc;
    this.entities = entities;
  }

  @Override
  public SessionRecord create(NewSession session, int maxLivePerCredential, AuditEntry audit) {
    return database.transaction(
        "session.create",
        () -> {
          boolean readOnly = requireOpen(session.namespace());
          requireRoom(session.identity().credential(), maxLivePerCredential);
          Instant now = DatabaseClock.now(jdbc);
          SessionEntity created = new SessionEntity(session, readOnly, now);
          entities.persist(created);
          entities.persist(new AuditEventEntity(audit, now));
          used(session.identity().credential());
          return created.toRecord(session);
        });
  }

  /** Locks the namespace against a change of status until the session is stored. */
  private boolean requireOpen(String namespace) {
    Namespaces.lockShared(jdbc, namespace);
    NamespaceStatus status =
        jdbc.sql("select status from namespace where name = ?")
            .param(namespace)
            .query(String.class)
            .optional()
            .map(NamespaceStatus::valueOf)
            .orElseThrow(() -> Namespaces.notFound(namespace));
    if (status == NamespaceStatus.SUSPENDED) {
      throw PrismException.because(SessionReason.NAMESPACE_SUSPENDED, "the namespace is suspended")
          .with("namespace", namespace)
          .build();
    }
    return status == NamespaceStatus.READ_ONLY;
  }

  private void requireRoom(String credential, int max) {
    if (max == 0) {
      return;
    }
    int live =
        jdbc.sql("select count(*) from session s where s.credential = ? and " + LIVE)
            .param(credential)
            .query(Integer.class)
            .single();
    if (live >= max) {
      throw PrismException.of(
          SessionReason.TOO_MANY_SESSIONS,
          live + " live sessions of this credential (expected: at most " + max + ")");
    }
  }

  /** Notes when an API key was used, to the minute, so that a busy key is not a busy row. */
  private void used(String credential) {
    if (credential.startsWith(ApiKeyEntity.CREDENTIAL)) {
      jdbc.sql(
              """
              update api_key set last_used_at = now() where id = ?
                and (last_used_at is null or last_used_at < now() - interval '1 minute')
              """)
          .param(credential.substring(ApiKeyEntity.CREDENTIAL.length()))
          .update();
    }
  }

  @Override
  public Optional<SessionRecord> find(String id) {
    return database.single("session.find", () -> read(id));
  }

  private Optional<SessionRecord> read(String id) {
    return jdbc.sql("select " + SessionRows.RECORD + " from session s where s.id = ?")
        .param(id)
        .query(SessionRows::record)
        .optional();
  }

  @Override
  public Optional<SessionRecord> touch(String id) {
    return database.single(
        "session.touch",
        () ->
            jdbc.sql(
                    "update session s set last_activity = now() where s.id = ? and s.expires_at > now() and "
                        + LIVE
                        + " returning "
                        + SessionRows.RECORD)
                .param(id)
                .query(SessionRows::record)
                .optional()
                .or(() -> read(id)));
  }

  @Override
  public Optional<SessionRecord> extend(String id, Duration extension) {
    return database.single(
        "session.extend",
        () ->
            jdbc.sql(
                    """
                    update session s
                    set expires_at = greatest(s.expires_at,
                          least(s.token_expires_at, now() + ? * interval '1 microsecond')),
                        last_activity = now()
                    where s.id = ? and s.expires_at > now() and
                    """
                        + LIVE
                        + " returning "
                        + SessionRows.RECORD)
                .param(micros(extension))
                .param(id)
                .query(SessionRows::record)
                .optional()
                .or(() -> read(id)));
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  @Override
  public Optional<Closing> close(String id, boolean force, String reason, AuditEntry audit) {
    return database.transaction(
        "session.close",
        () -> {
          Optional<SessionState> state =
              jdbc.sql("select s.status from session s where s.id = ? and " + LIVE + " for update")
                  .param(id)
                  .query(String.class)
                  .optional()
                  .map(SessionState::valueOf);
          if (state.isEmpty()) {
            return Optional.empty();
          }
          int pending = pending(id);
          boolean closes = force || pending == 0;
          SessionEvent event =
              !closes && state.get() == SessionState.TERMINATING
                  ? event(id)
                  : change(id, closes ? SessionState.CLOSED : SessionState.TERMINATING, reason);
          entities.persist(new AuditEventEntity(audit, DatabaseClock.now(jdbc)));
          return Optional.of(new Closing(event, closes, pending));
        });
  }

  private int pending(String id) {
    return jdbc.sql("select coalesce(sum(pending), 0) from session_use where session_id = ?")
        .param(id)
        .query(Integer.class)
        .single();
  }

  private SessionEvent event(String id) {
    return jdbc.sql("select " + SessionRows.EVENT + " from session s where s.id = ?")
        .param(id)
        .query(SessionRows::event)
        .single();
  }

  private SessionEvent change(String id, SessionState state, String reason) {
    SessionEvent event =
        jdbc.sql(
                "update session s set status = ?, reason = ?, terminating_since = now(), "
                    + CHANGED
                    + " where s.id = ? returning "
                    + SessionRows.EVENT)
            .param(state.name())
            .param(reason)
            .param(id)
            .query(SessionRows::event)
            .single();
    ChangeFeed.announce(jdbc);
    return event;
  }

  @Override
  public Page<SessionRecord> list(SessionFilter filter, PageRequest page) {
    Conditions where =
        new Conditions(LIVE + " and s.expires_at > now()")
            .and("s.namespace = ?", filter.namespace())
            .and("s.principal = ?", filter.principal())
            .visible("s.namespace", filter.visible());
    filter.status().ifPresent(status -> where.and(condition(status)));
    where.after("(s.created_at, s.id) < (cast(? as timestamptz), ?)", page);
    String sql =
        "select "
            + SessionRows.RECORD
            + " from session s where "
            + where.sql()
            + " order by s.created_at desc, s.id desc limit "
            + (page.size() + 1);
    return database.single(
        "session.list",
        () ->
            Page.of(
                jdbc.sql(sql).params(where.params()).query(SessionRows::record).list(),
                page,
                session -> List.of(session.createdAt().toString(), session.id())));
  }

  private static String condition(SessionFilter.Status status) {
    return switch (status) {
      case ACTIVE -> "s.status = 'ACTIVE' and s.expires_at > now() + interval '60 seconds'";
      case EXPIRING -> "s.status = 'ACTIVE' and s.expires_at <= now() + interval '60 seconds'";
      case READ_ONLY -> "s.status = 'READ_ONLY'";
      case TERMINATING -> "s.status = 'TERMINATING'";
    };
  }

  @Override
  public List<SessionEvent> exceptional(String after, int limit) {
    return database.single(
        "session.exceptional",
        () ->
            jdbc.sql(
                    "select "
                        + SessionRows.EVENT
                        + """
                         from session s
                        where (s.status <> 'ACTIVE' or s.created_read_only)
                          and s.token_expires_at > now() and s.id > ?
                        order by s.id limit ?
                        """)
                .param(after)
                .param(limit)
                .query(SessionRows::event)
                .list());
  }

  @Override
  public int deleteDead(Duration since, int limit) {
    return database.single(
        "session.delete",
        () ->
            jdbc.sql(
                    """
                    delete from session where id in (
                      select id from session
                      where token_expires_at < now() - ? * interval '1 microsecond'
                      limit ? for update skip locked)
                    """)
                .param(micros(since))
                .param(limit)
                .update());
  }

  @Override
  public List<SessionEvent> sweep(SessionLimits limits, boolean idleToo, int limit) {
    return database.transaction(
        "session.sweep",
        () -> {
          List<SessionEvent> ended = new ArrayList<>(expire(limit));
          ended.addAll(finishTerminating(limits.closeLimit(), limit));
          if (idleToo) {
            ended.addAll(idleOut(limits, limit));
          }
          if (!ended.isEmpty()) {
            ChangeFeed.announce(jdbc);
          }
          return ended;
        });
  }

  private List<SessionEvent> expire(int limit) {
    return end(SessionState.EXPIRED, "expired", "s.expires_at <= now()", limit, List.of());
  }

  private List<SessionEvent> finishTerminating(Duration closeLimit, int limit) {
    return end(
        SessionState.CLOSED,
        "closed, operations done",
        """
        s.status = 'TERMINATING' and (s.terminating_since < now() - ? * interval '1 microsecond'
          or not exists (select from session_use u where u.session_id = s.id and u.pending > 0))
        """,
        limit,
        List.of(micros(closeLimit)));
  }

  /**
   * Nobody is idle before every instance that may still take calls has reported: what is known ends
   * with the oldest of their last reports.
   */
  private List<SessionEvent> idleOut(SessionLimits limits, int limit) {
    return end(
        SessionState.EXPIRED,
        "idle",
        """
        s.last_activity < (
          select coalesce(min(i.seen_at), now()) from feed_instance i
          where i.seen_at > now() - ? * interval '1 microsecond') - ? * interval '1 microsecond'
        """,
        limit,
        List.of(micros(limits.instanceLimit()), micros(limits.idleLimit())));
  }

  private List<SessionEvent> end(
      SessionState state, String reason, String condition, int limit, List<Object> params) {
    List<Object> all = new ArrayList<>(params);
    all.add(limit);
    all.add(state.name());
    all.add(reason);
    return jdbc.sql(
            "with due as (select s.id from session s where "
                + LIVE
                + " and "
                + condition
                + " limit ? for update skip locked) update session s set status = ?, reason = ?, "
                + CHANGED
                + " from due where s.id = due.id returning "
                + SessionRows.EVENT)
        .params(all)
        .query(SessionRows::event)
        .list();
  }
}
