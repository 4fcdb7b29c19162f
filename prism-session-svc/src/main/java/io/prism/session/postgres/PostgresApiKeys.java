package io.prism.session.postgres;

import io.prism.session.domain.ApiKeyFilter;
import io.prism.session.domain.ApiKeyRecord;
import io.prism.session.domain.ApiKeyStore;
import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.NamespaceStatus;
import io.prism.session.domain.Page;
import io.prism.session.domain.PageRequest;
import io.prism.session.domain.Rights;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** API keys in PostgreSQL. */
public final class PostgresApiKeys implements ApiKeyStore {

  private static final long BOOTSTRAP_LOCK = 0x5052_4953_4d01L;

  private final Database database;
  private final JdbcClient jdbc;
  private final EntityManager entities;

  public PostgresApiKeys(Database database, JdbcClient jdbc, EntityManager entities) {
    this.database = database;
    this.jdbc = jdbc;
    this.entities = entities;
  }

  @Override
  public Optional<ApiKeyRecord> find(String id) {
    return database.single(
        "api_key.find",
        () ->
            Optional.ofNullable(entities.find(ApiKeyEntity.class, id)).map(ApiKeyEntity::toRecord));
  }

  @Override
  public void create(ApiKeyRecord key, AuditEntry audit) {
    database.run(
        "api_key.create",
        () -> {
          key.rights().namespaces().stream()
              .filter(name -> !Rights.EVERY_NAMESPACE.equals(name))
              .filter(name -> entities.find(NamespaceEntity.class, name) == null)
              .findFirst()
              .ifPresent(
                  name -> {
                    throw Namespaces.notFound(name);
                  });
          entities.persist(new ApiKeyEntity(key, false));
          entities.persist(new AuditEventEntity(audit, key.createdAt()));
        });
  }

  @Override
  public Optional<ApiKeyRecord> revoke(String id, AuditEntry audit) {
    return database.transaction(
        "api_key.revoke",
        () -> {
          ApiKeyEntity key = entities.find(ApiKeyEntity.class, id, LockModeType.PESSIMISTIC_WRITE);
          if (key == null) {
            return Optional.empty();
          }
          if (!key.isRevoked()) {
            key.revoke(DatabaseClock.now(jdbc));
            entities.persist(new AuditEventEntity(audit, DatabaseClock.now(jdbc)));
          }
          return Optional.of(key.toRecord());
        });
  }

  @Override
  public Page<ApiKeyRecord> list(ApiKeyFilter filter, PageRequest page) {
    Conditions where =
        new Conditions("true")
            .and("principal = ?", filter.principal())
            .and("namespaces && array[?, '*']", filter.namespace());
    if (!filter.includeRevoked()) {
      where.and("revoked_at is null and (expires_at is null or expires_at > now())");
    }
    if (!filter.visible().allowEveryNamespace()) {
      where.and(
          "namespaces <@ cast(? as text[])",
          (Object) filter.visible().namespaces().toArray(String[]::new));
    }
    where.after("(created_at, id) < (cast(? as timestamptz), ?)", page);
    return database.single(
        "api_key.list",
        () ->
            Page.of(
                EntityQueries.list(
                    entities,
                    ApiKeyEntity.class,
                    "select * from api_key where "
                        + where.sql()
                        + " order by created_at desc, id desc",
                    where,
                    page,
                    ApiKeyEntity::toRecord),
                page,
                key -> List.of(key.createdAt().toString(), key.id())));
  }

  @Override
  public boolean bootstrap(ApiKeyRecord key, String namespace, boolean onlyIfNone) {
    return database.transaction(
        "api_key.bootstrap",
        () -> {
          jdbc.sql("select pg_advisory_xact_lock(?)")
              .param(BOOTSTRAP_LOCK)
              .query((row, n) -> true)
              .single();
          createFirstNamespace(namespace);
          if (onlyIfNone && hasBootstrapKey()) {
            return false;
          }
          ApiKeyEntity existing = entities.find(ApiKeyEntity.class, key.id());
          if (existing == null) {
            entities.persist(new ApiKeyEntity(key, true));
            entities.persist(
                new AuditEventEntity(
                    AuditEntry.done("system", "api_key.create", key.id(), ""), key.createdAt()));
          } else if (!existing.isRevoked()) {
            existing.replaceSecret(key.hash());
          }
          return existing == null;
        });
  }

  private void createFirstNamespace(String name) {
    int namespaces = jdbc.sql("select count(*) from namespace").query(Integer.class).single();
    if (namespaces == 0) {
      entities.persist(
          new NamespaceEntity(name, NamespaceStatus.ACTIVE, "", DatabaseClock.now(jdbc)));
    }
  }

  private boolean hasBootstrapKey() {
    return jdbc.sql("select exists (select from api_key where bootstrap)")
        .query(Boolean.class)
        .single();
  }
}
