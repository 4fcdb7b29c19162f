package io.prism.local.services;

import io.prism.cache.CacheApplication;
import io.prism.local.services.ServiceContext.Store;
import io.prism.objectstore.ObjectStoreApplication;
import io.prism.objectstore.files.SignedUrlServlet;
import io.prism.pubsub.PubSubApplication;
import io.prism.queue.QueueApplication;
import io.prism.reader.ReaderApplication;
import io.prism.session.JwksDocument;
import io.prism.session.SessionApplication;
import io.prism.timeseries.TimeSeriesApplication;
import io.prism.transact.TransactApplication;
import io.prism.transact.postgres.NamespaceMigrations;
import io.prism.vector.VectorApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The list of services in local mode; session first, since the others learn of sessions from it.
 */
final class LocalServices {

  private LocalServices() {}

  static int failedMigrations(Map<String, ConfigurableApplicationContext> services) {
    ConfigurableApplicationContext transact = Objects.requireNonNull(services.get("transact"));
    return transact.getBean(NamespaceMigrations.class).failed();
  }

  /**
   * @param data where services keep files of their own
   * @param migrations where the tables of namespaces are described
   * @param redis whether there is a Redis, which the cache cannot do without
   */
  static List<ServiceContext> all(
      LocalSecrets secrets, Path data, Path migrations, Ports ports, boolean redis) {
    List<ServiceContext> services = new ArrayList<>(withoutRedis(secrets, migrations));
    services.add(objects(secrets, data.resolve("objects"), ports));
    services.add(
        new ServiceContext(
            "timeseries",
            TimeSeriesApplication.class,
            Set.of(),
            Map.of(
                "prism.timeseries.store",
                "duckdb",
                "prism.timeseries.duckdb.folder",
                data.resolve("timeseries").toString())));
    services.add(
        new ServiceContext(
            "vector",
            VectorApplication.class,
            Set.of(),
            Map.of(
                "prism.vector.store",
                "lucene",
                "prism.vector.lucene.folder",
                data.resolve("vectors").toString())));
    if (redis) {
      services.add(
          new ServiceContext(
              "cache",
              CacheApplication.class,
              Set.of(Store.SQL, Store.JPA, Store.FLYWAY, Store.REDIS),
              Map.of()));
    }
    return services;
  }

  private static List<ServiceContext> withoutRedis(LocalSecrets secrets, Path migrations) {
    return List.of(
        new ServiceContext(
            "session",
            SessionApplication.class,
            Set.of(Store.SQL, Store.JPA, Store.FLYWAY),
            Map.of(
                "prism.session.server.bootstrap-api-key", secrets.apiKey(),
                "prism.session.server.encryption-key", secrets.keyEncryptionKey(),
                "prism.session.server.configs.time-series-backend", "BACKEND_TYPE_DUCKDB")),
        new ServiceContext("queue", QueueApplication.class, Set.of(Store.KAFKA), Map.of()),
        new ServiceContext(
            "pubsub",
            PubSubApplication.class,
            Set.of(),
            // There is one instance, so nothing has to go from one to another.
            Map.of("prism.pubsub.broker", "in-process")),
        new ServiceContext(
            "reader",
            ReaderApplication.class,
            Set.of(Store.SQL),
            Map.of("prism.reader.cursor-key", secrets.cursorKey())),
        new ServiceContext(
            "transact",
            TransactApplication.class,
            Set.of(Store.SQL, Store.FLYWAY, Store.KAFKA),
            Map.of(
                "prism.transact.migrations", migrations.toString(),
                // What RFC-002's example writes is published, so that its outbox can be seen.
                "prism.transact.outbox.bindings[0].namespace", "default",
                "prism.transact.outbox.bindings[0].mailbox", "order-events",
                "prism.transact.outbox.bindings[0].topic", "order-events")));
  }

  /** The object store, whose presigned URLs are served by the front. */
  private static ServiceContext objects(LocalSecrets secrets, Path folder, Ports ports) {
    return new ServiceContext(
        "objectstore",
        ObjectStoreApplication.class,
        Set.of(Store.SQL, Store.JPA, Store.FLYWAY),
        Map.of(
            "prism.objectstore.store",
            "files",
            "prism.objectstore.files.folder",
            folder.toString(),
            "prism.objectstore.files.public-endpoint",
            "http://127.0.0.1:" + ports.management(),
            "prism.objectstore.files.url-key",
            secrets.urlKey()));
  }

  /** What serves presigned URLs; nothing when objects are in S3, which does that itself. */
  static Optional<SignedUrlServlet> signedUrls(
      Map<String, ConfigurableApplicationContext> contexts) {
    return Optional.ofNullable(contexts.get("objectstore"))
        .map(context -> context.getBeanProvider(SignedUrlServlet.class).getIfAvailable());
  }

  static FrontConfiguration.Jwks jwks(Map<String, ConfigurableApplicationContext> contexts) {
    ConfigurableApplicationContext session = contexts.get("session");
    if (session == null) {
      throw new IllegalStateException("no session service");
    }
    return session.getBean(JwksDocument.class)::json;
  }
}
