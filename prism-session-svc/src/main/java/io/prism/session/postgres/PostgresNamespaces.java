package io.prism.session.postgres;

import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.NamespaceRecord;
import io.prism.session.domain.NamespaceStatus;
import io.prism.session.domain.NamespaceStore;
import io.prism.session.domain.Page;
import io.prism.session.domain.PageRequest;
import io.prism.session.domain.Rights;
import io.prism.session.domain.SessionEvent;
import io.prism.session.domain.SessionReason;
import io.prism.starter.error.PrismException;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Namespaces in PostgreSQL. */
public final class PostgresNamespaces implements NamespaceStore {

  private final Database database;
  private final JdbcClient jdbc;
  private final EntityManager entities;

  public PostgresNamespaces(Database database, JdbcClient jdbc, EntityManager entities) {
    this.database = database;
    this.jdbc = jdbc;
    this.entities = entities;
  }

  @Override
  public Optional<NamespaceRecord> find(String name) {
    return database.single(
        "namespace.find",
        () ->
            Optional.ofNullable(entities.find(NamespaceEntity.class, name))
                .map(NamespaceEntity::toRecord));
  }

  @Override
  public NamespaceRecord create(String name, String description, AuditEntry audit) {
    return database.transaction(
        "namespace.create",
        () -> {
          Namespaces.lockExclusive(jdbc, name);
          if (entities.find(NamespaceEntity.class, name) != null) {
            throw PrismException.of(
                SessionReason.NAMESPACE_ALREADY_EXISTS, "namespace " + name + " exists already");
          }
          Instant now = DatabaseClock.now(jdbc);
          NamespaceEntity created =
              new NamespaceEntity(name, NamespaceStatus.ACTIVE, description, now);
          entities.persist(created);
          entities.persist(new AuditEventEntity(audit, now));
          return created.toRecord();
        });
  }

  @Override
  public Optional<Update> update(
      String name,
      Optional<NamespaceStatus> status,
      Optional<String> description,
      AuditEntry audit) {
    return database.transaction(
        "namespace.update",
        () -> {
          Namespaces.lockExclusive(jdbc, name);
          NamespaceEntity namespace = entities.find(NamespaceEntity.class, name);
          if (namespace == null) {
            return Optional.empty();
          }
          Instant now = DatabaseClock.now(jdbc);
          namespace.change(
              status.orElse(namespace.status()), description.orElse(namespace.description()), now);
          entities.persist(new AuditEventEntity(audit, now));
          List<SessionEvent> changed = status.map(s -> follow(name, s)).orElse(List.of());
          if (!changed.isEmpty()) {
            ChangeFeed.announce(jdbc);
          }
          return Optional.of(new Update(namespace.toRecord(), changed));
        });
  }

  private List<SessionEvent> follow(String name, NamespaceStatus status) {
    return switch (status) {
      case ACTIVE -> change(name, "'READ_ONLY'", "ACTIVE", "namespace active");
      case READ_ONLY -> change(name, "'ACTIVE'", "READ_ONLY", "namespace read-only");
      case SUSPENDED ->
          change(name, "'ACTIVE', 'READ_ONLY', 'TERMINATING'", "CLOSED", "namespace suspended");
    };
  }

  private List<SessionEvent> change(String name, String from, String to, String reason) {
    return jdbc.sql(
            "with due as materialized (select s.id from session s where s.namespace = ? and s.status in ("
                + from
                + """
                ) order by s.id for update)
                update session s set status = ?, reason = ?, version = s.version + 1,
                  changed_by = pg_current_xact_id()
                from due where s.id = due.id returning
                """
                + SessionRows.EVENT)
        .param(name)
        .param(to)
        .param(reason)
        .query(SessionRows::event)
        .list();
  }

  @Override
  public Page<NamespaceRecord> list(
      Optional<NamespaceStatus> status, Rights visible, PageRequest page) {
    Conditions where =
        new Conditions("true")
            .and("status = ?", status.map(Enum::name))
            .visible("name", visible)
            .after("name > ?", page);
    return database.single(
        "namespace.list",
        () ->
            Page.of(
                EntityQueries.list(
                    entities,
                    NamespaceEntity.class,
                    "select * from namespace where " + where.sql() + " order by name",
                    where,
                    page,
                    NamespaceEntity::toRecord),
                page,
                namespace -> List.of(namespace.name())));
  }
}
