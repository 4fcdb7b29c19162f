package io.prism.session.postgres;

import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.ClientConfig;
import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.ConfigStore;
import io.prism.session.domain.Page;
import io.prism.session.domain.PageRequest;
import io.prism.session.domain.Rights;
import io.prism.session.domain.SessionReason;
import io.prism.starter.error.PrismException;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Configurations in PostgreSQL. */
public final class PostgresConfigs implements ConfigStore {

  private static final PageRequest TWO = new PageRequest(1, List.of());

  private final Database database;
  private final JdbcClient jdbc;
  private final EntityManager entities;

  public PostgresConfigs(Database database, JdbcClient jdbc, EntityManager entities) {
    this.database = database;
    this.jdbc = jdbc;
    this.entities = entities;
  }

  @Override
  public Optional<ClientConfig> find(String namespace, String name, Optional<String> version) {
    Conditions where =
        new Conditions("true")
            .and("namespace = ?", namespace)
            .and("name = ?", name)
            .and("version = ?", version);
    return database.single(
        "config.find",
        () ->
            configs(
                    "select * from client_config where "
                        + where.sql()
                        + " order by registration desc",
                    where,
                    TWO)
                .stream()
                .findFirst());
  }

  @Override
  public List<ClientConfig> findAnywhere(String name, Rights rights) {
    Conditions where = new Conditions("true").and("name = ?", name).visible("namespace", rights);
    return database.single(
        "config.find",
        () ->
            configs(
                "select distinct on (namespace) * from client_config where "
                    + where.sql()
                    + " order by namespace, registration desc",
                where,
                TWO));
  }

  @Override
  public Page<ClientConfig> list(
      String namespace, Optional<AccessPattern> pattern, Rights rights, PageRequest page) {
    Conditions where =
        new Conditions("true").and("namespace = ?", namespace).after("name > ?", page);
    if (!rights.configNames().isEmpty()) {
      where.and(
          "name = any(cast(? as text[]))", (Object) rights.configNames().toArray(String[]::new));
    }
    // A pattern is looked for among the newest versions, not the newest among those of a pattern.
    String sql =
        "select * from (select distinct on (name) * from client_config where "
            + where.sql()
            + " order by name, registration desc) newest where "
            + pattern.map(p -> "pattern = " + p.getNumber()).orElse("true")
            + " order by name";
    return database.single(
        "config.list",
        () -> Page.of(configs(sql, where, page), page, config -> List.of(config.getName())));
  }

  private List<ClientConfig> configs(String sql, Conditions where, PageRequest page) {
    return EntityQueries.list(entities, ConfigEntity.class, sql, where, page, ConfigEntity::config);
  }

  @Override
  public ClientConfig register(ClientConfig config, boolean overwrite, AuditEntry audit) {
    return database.transaction(
        "config.register",
        () -> {
          String namespace = config.getNamespace();
          Namespaces.lockExclusive(jdbc, namespace);
          if (entities.find(NamespaceEntity.class, namespace) == null) {
            throw Namespaces.notFound(namespace);
          }
          ClientConfig numbered =
              config.getVersion().isEmpty()
                  ? config.toBuilder().setVersion(nextVersion(namespace, config.getName())).build()
                  : config;
          ConfigEntity.Key key =
              new ConfigEntity.Key(namespace, numbered.getName(), numbered.getVersion());
          ConfigEntity existing = entities.find(ConfigEntity.class, key);
          if (existing != null) {
            replaceable(numbered, overwrite);
            entities.remove(existing);
            entities.flush();
          }
          Instant now = DatabaseClock.now(jdbc);
          entities.persist(new ConfigEntity(numbered, audit.actor(), now));
          entities.persist(new AuditEventEntity(audit, now));
          return numbered;
        });
  }

  private static void replaceable(ClientConfig config, boolean overwrite) {
    if (!overwrite) {
      throw PrismException.of(
          SessionReason.CONFIG_ALREADY_EXISTS,
          "version " + config.getVersion() + " of " + config.getName() + " exists already");
    }
  }

  private String nextVersion(String namespace, String name) {
    return jdbc.sql(
            """
            select (coalesce(max(version::bigint), 0) + 1)::text from client_config
            where namespace = ? and name = ? and version ~ '^[0-9]{1,17}$'
            """)
        .param(namespace)
        .param(name)
        .query(String.class)
        .single();
  }
}
