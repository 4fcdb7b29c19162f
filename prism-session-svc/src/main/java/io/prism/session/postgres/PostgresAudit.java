package io.prism.session.postgres;

import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.AuditFilter;
import io.prism.session.domain.AuditStore;
import io.prism.session.domain.Page;
import io.prism.session.domain.PageRequest;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Audit events in PostgreSQL. */
public final class PostgresAudit implements AuditStore {

  private final Database database;
  private final JdbcClient jdbc;
  private final EntityManager entities;

  public PostgresAudit(Database database, JdbcClient jdbc, EntityManager entities) {
    this.database = database;
    this.jdbc = jdbc;
    this.entities = entities;
  }

  @Override
  public void append(AuditEntry entry) {
    database.run(
        "audit.append",
        () -> entities.persist(new AuditEventEntity(entry, DatabaseClock.now(jdbc))));
  }

  @Override
  public Page<AuditRecord> list(AuditFilter filter, PageRequest page) {
    Conditions where =
        new Conditions("true")
            .and("actor = ?", filter.actor())
            .and("action = ?", filter.action())
            .and("resource = ?", filter.resource())
            .and("namespace = ?", filter.namespace())
            .and("outcome = ?", filter.outcome().map(Enum::name))
            .and("time >= ?", filter.start())
            .and("time < ?", filter.end())
            .visible("namespace", filter.visible())
            .after("id < cast(? as bigint)", page);
    return database.single(
        "audit.list",
        () ->
            Page.of(
                EntityQueries.list(
                    entities,
                    AuditEventEntity.class,
                    "select * from audit_event where " + where.sql() + " order by id desc",
                    where,
                    page,
                    AuditEventEntity::toRecord),
                page,
                event -> List.of(event.id())));
  }

  @Override
  public int deleteOlderThan(Duration age, int limit) {
    return database.single(
        "audit.delete",
        () ->
            jdbc.sql(
                    """
                    delete from audit_event where id in (
                      select id from audit_event where time < now() - ? * interval '1 second'
                      order by time limit ? for update skip locked)
                    """)
                .param(age.toSeconds())
                .param(limit)
                .update());
  }
}
