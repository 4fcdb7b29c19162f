package io.prism.session;

import com.github.benmanes.caffeine.cache.Ticker;
import io.grpc.BindableService;
import io.prism.session.domain.ApiKeyLogin;
import io.prism.session.domain.ApiKeyStore;
import io.prism.session.domain.ApiKeys;
import io.prism.session.domain.AuditStore;
import io.prism.session.domain.AuditTrail;
import io.prism.session.domain.ConfigDefaults;
import io.prism.session.domain.ConfigLimits;
import io.prism.session.domain.ConfigRules;
import io.prism.session.domain.ConfigStore;
import io.prism.session.domain.Configs;
import io.prism.session.domain.Credentials;
import io.prism.session.domain.IdentityProvider;
import io.prism.session.domain.InstanceStore;
import io.prism.session.domain.Login;
import io.prism.session.domain.LoginThrottle;
import io.prism.session.domain.NamespaceRules;
import io.prism.session.domain.NamespaceStore;
import io.prism.session.domain.Rights;
import io.prism.session.domain.SecretHasher;
import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionLimits;
import io.prism.session.domain.SessionStore;
import io.prism.session.domain.Sessions;
import io.prism.session.domain.SupportedFeatures;
import io.prism.session.domain.UnconfiguredProvider;
import io.prism.session.grpc.OwnInstance;
import io.prism.session.grpc.SessionServices;
import io.prism.session.mtls.CertificateProvider;
import io.prism.session.oidc.IssuerKeys;
import io.prism.session.oidc.OidcProvider;
import io.prism.session.oidc.TrustedIssuer;
import io.prism.session.postgres.ChangeFeed;
import io.prism.session.postgres.Database;
import io.prism.session.postgres.PostgresApiKeys;
import io.prism.session.postgres.PostgresAudit;
import io.prism.session.postgres.PostgresConfigs;
import io.prism.session.postgres.PostgresInstances;
import io.prism.session.postgres.PostgresNamespaces;
import io.prism.session.postgres.PostgresSessions;
import io.prism.session.postgres.PostgresSigningKeys;
import io.prism.session.token.KeyRing;
import io.prism.session.token.MountedKeys;
import io.prism.session.token.RotationPolicy;
import io.prism.session.token.SigningKeySource;
import io.prism.session.token.TokenIssuer;
import io.prism.starter.PrismFeature;
import io.prism.starter.auth.SessionProperties;
import io.prism.starter.auth.SessionRegistry;
import io.prism.starter.backend.BackendGuards;
import io.prism.starter.observe.BackendProbe;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires session-svc; the only class that names its store. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SessionServerProperties.class)
class SessionConfiguration {

  private static final Duration KEY_OVERLAP_MARGIN = Duration.ofHours(1);

  @Bean
  Database database(PlatformTransactionManager transactions, BackendGuards guards) {
    return new Database(
        guards.guard("postgresql", Database::isOutage), new TransactionTemplate(transactions));
  }

  @Bean
  BackendProbe postgresqlProbe(JdbcClient jdbc) {
    return BackendProbe.of("postgresql", () -> jdbc.sql("select 1").query(Integer.class).single());
  }

  @Bean
  SessionStore sessionStore(Database database, JdbcClient jdbc, EntityManagerFactory entities) {
    return new PostgresSessions(database, jdbc, shared(entities));
  }

  @Bean
  ApiKeyStore apiKeyStore(Database database, JdbcClient jdbc, EntityManagerFactory entities) {
    return new PostgresApiKeys(database, jdbc, shared(entities));
  }

  @Bean
  NamespaceStore namespaceStore(Database database, JdbcClient jdbc, EntityManagerFactory entities) {
    return new PostgresNamespaces(database, jdbc, shared(entities));
  }

  @Bean
  ConfigStore configStore(Database database, JdbcClient jdbc, EntityManagerFactory entities) {
    return new PostgresConfigs(database, jdbc, shared(entities));
  }

  @Bean
  AuditStore auditStore(Database database, JdbcClient jdbc, EntityManagerFactory entities) {
    return new PostgresAudit(database, jdbc, shared(entities));
  }

  @Bean
  InstanceStore instanceStore(Database database, JdbcClient jdbc) {
    return new PostgresInstances(database, jdbc);
  }

  private static EntityManager shared(EntityManagerFactory entities) {
    return SharedEntityManagerCreator.createSharedEntityManager(entities);
  }

  @Bean
  SecretHasher secretHasher(SessionServerProperties properties) {
    return Secrets.hasher(properties);
  }

  @Bean
  Bootstrap bootstrap(
      ApiKeyStore keys, SecretHasher hasher, Clock clock, SessionServerProperties properties) {
    return new Bootstrap(
        keys, hasher, clock, properties.bootstrapApiKey(), properties.firstNamespace());
  }

  @Bean
  SigningKeySource signingKeySource(
      Database database,
      JdbcClient jdbc,
      EntityManagerFactory entities,
      SessionServerProperties properties,
      Clock clock) {
    SessionServerProperties.Keys keys = properties.keys();
    Path file = keys.file();
    if (file != null) {
      return new MountedKeys(file);
    }
    RotationPolicy policy =
        new RotationPolicy(
            keys.rotateEvery(),
            keys.lead(),
            properties.maxLifetime().plus(KEY_OVERLAP_MARGIN),
            keys.bits());
    return new PostgresSigningKeys(
        database, jdbc, shared(entities), Secrets.encryption(properties), policy, clock);
  }

  /** Stands in for the keys that other services fetch over HTTP, too. */
  @Bean
  KeyRing keyRing(SigningKeySource source, Clock clock) {
    return new KeyRing(source, clock);
  }

  @Bean
  JwksDocument jwksDocument(KeyRing keys) {
    return new JwksDocument(keys);
  }

  @Bean
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  JwksController jwksController(JwksDocument document) {
    return new JwksController(document);
  }

  @Bean
  TokenIssuer tokenIssuer(KeyRing keys, SessionProperties verification) {
    return new TokenIssuer(keys, verification.issuer());
  }

  @Bean
  AuditTrail auditTrail(AuditStore store, SessionServerProperties properties) {
    return new AuditTrail(store, properties.audit().maxRefusalsPerMinute());
  }

  @Bean
  IdentityProvider<Credentials.Token> oidcProvider(SessionServerProperties properties) {
    SessionServerProperties.Oidc oidc = properties.oidc();
    return new OidcProvider(
        oidc.issuers().stream()
            .map(
                issuer ->
                    new TrustedIssuer(
                        issuer.issuer(),
                        IssuerKeys.of(issuer.jwksUri(), oidc.timeout(), oidc.cacheTtl()),
                        issuer.audience(),
                        issuer.principalClaim(),
                        issuer.principalPrefix(),
                        issuer.permissionsClaim(),
                        issuer.permissions(),
                        issuer.namespacesClaim(),
                        issuer.namespaces()))
            .toList(),
        oidc.maxClockSkew());
  }

  @Bean
  IdentityProvider<Credentials.Certificate> certificateProvider(
      SessionServerProperties properties) {
    Path ca = properties.mtls().ca();
    if (ca == null) {
      return new UnconfiguredProvider<>("mtls");
    }
    return new CertificateProvider(
        ca,
        properties.mtls().principals().stream()
            .collect(
                Collectors.toMap(
                    SessionServerProperties.Principal::principal,
                    allowed ->
                        new Rights(allowed.namespaces(), allowed.permissions(), List.of()))));
  }

  @Bean
  Login login(
      ApiKeyStore keys,
      SecretHasher hasher,
      Clock clock,
      IdentityProvider<Credentials.Token> tokens,
      IdentityProvider<Credentials.Certificate> certificates,
      AuditTrail audit,
      SessionServerProperties properties) {
    SessionServerProperties.Logins logins = properties.login();
    return new Login(
        new ApiKeyLogin(keys, hasher, clock),
        tokens,
        certificates,
        new LoginThrottle(
            new LoginThrottle.Limits(
                logins.freeFailures(),
                logins.firstDelay(),
                logins.maxDelay(),
                logins.forgetAfter(),
                logins.maxCounted(),
                logins.maxWaiting()),
            Ticker.systemTicker()),
        audit);
  }

  @Bean
  Configs configs(
      ConfigStore store,
      NamespaceStore namespaces,
      AuditTrail audit,
      SessionServerProperties properties) {
    SessionServerProperties.Configs configs = properties.configs();
    ConfigLimits limits =
        new ConfigLimits(
            configs.maxBytes(),
            configs.maxPoolConnections(),
            configs.maxTimeoutMs(),
            configs.maxCacheSizeMb(),
            configs.maxRequestsPerSecond(),
            configs.maxPartitions(),
            configs.maxRetentionDays(),
            configs.backendOptions());
    ConfigDefaults defaults =
        new ConfigDefaults(
            configs.requestsPerSecond(), configs.burst(), configs.timeSeriesBackend());
    return new Configs(store, namespaces, new ConfigRules(limits), defaults, limits, audit);
  }

  @Bean
  SessionLimits sessionLimits(SessionServerProperties properties) {
    return new SessionLimits(
        properties.lifetime(),
        properties.maxLifetime(),
        properties.idleLimit(),
        properties.closeLimit(),
        properties.instanceLimit(),
        properties.maxSessionsPerCredential());
  }

  @Bean
  SessionChanges sessionChanges(SessionServerProperties properties) {
    return new SessionChanges(properties.changes().maxSilence());
  }

  @Bean
  Sessions sessions(
      Login login,
      Configs configs,
      SessionStore store,
      SessionChanges changes,
      AuditTrail audit,
      SessionLimits limits) {
    return new Sessions(login, configs, store, changes, audit, limits);
  }

  @Bean
  SupportedFeatures supportedFeatures(InstanceStore instances) {
    return new SupportedFeatures(instances);
  }

  @Bean
  OwnInstance ownInstance(
      SessionRegistry registry,
      SessionStore sessions,
      InstanceStore instances,
      ObjectProvider<BindableService> services,
      ObjectProvider<PrismFeature> features) {
    List<String> names =
        services.stream()
            .map(service -> service.bindService().getServiceDescriptor().getName())
            .filter(name -> name.startsWith("prism.") && !name.contains(".internal."))
            .toList();
    return new OwnInstance(
        registry, sessions, instances, names, features.stream().map(PrismFeature::name).toList());
  }

  @Bean
  ChangeFeed changeFeed(
      DataSource dataSource,
      SessionChanges changes,
      OwnInstance ownInstance,
      SessionServerProperties properties) {
    return new ChangeFeed(
        dataSource,
        changes,
        ownInstance::readAll,
        properties.changes().interval(),
        properties.changes().retryDelay());
  }

  @Bean
  Housekeeping housekeeping(
      SessionServerProperties properties,
      SessionLimits limits,
      SessionStore sessions,
      InstanceStore instances,
      AuditStore audit,
      SessionChanges changes,
      OwnInstance ownInstance,
      SupportedFeatures features,
      KeyRing keys) {
    return new Housekeeping(
        properties, limits, sessions, instances, audit, changes, ownInstance, features, keys);
  }

  @Bean
  BindableService sessionService(
      Sessions sessions, TokenIssuer tokens, SupportedFeatures features) {
    return SessionServices.sessions(sessions, tokens, features);
  }

  @Bean
  BindableService sessionFeedService(
      SessionStore sessions,
      InstanceStore instances,
      SessionChanges changes,
      SessionServerProperties properties) {
    return SessionServices.feed(sessions, instances, changes, properties.changes().maxWaiting());
  }

  @Bean
  NamespaceRules namespaceRules(NamespaceStore store, SessionChanges changes, AuditTrail audit) {
    return new NamespaceRules(store, changes, audit);
  }

  @Bean
  ApiKeys apiKeys(ApiKeyStore store, SecretHasher hasher, AuditTrail audit, Clock clock) {
    return new ApiKeys(store, hasher, audit, clock);
  }

  @Bean
  BindableService configService(Configs configs, Sessions sessions) {
    return SessionServices.configs(configs, sessions);
  }

  @Bean
  BindableService adminService(
      Sessions sessions, NamespaceRules namespaces, ApiKeys keys, AuditStore audit) {
    return SessionServices.admin(sessions, namespaces, keys, audit);
  }
}
