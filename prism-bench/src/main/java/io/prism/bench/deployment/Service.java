package io.prism.bench.deployment;

import java.util.Map;
import java.util.Set;

/** A service that can be deployed. */
public enum Service {
  /** session-svc, over PostgreSQL; every other service needs it. */
  SESSION("prism-session-svc"),
  /** queue-svc, over Kafka. */
  QUEUE("prism-queue-svc"),
  /** reader-svc, over PostgreSQL. */
  READER("prism-reader-svc"),
  /** transact-svc, over PostgreSQL; without an outbox it needs no Kafka. */
  TRANSACT("prism-transact-svc"),
  /** cache-svc, over Redis, with PostgreSQL as its source. */
  CACHE("prism-cache-svc"),
  /** pubsub-svc, over NATS. */
  PUBSUB("prism-pubsub-svc"),
  /** objectstore-svc, over S3. */
  OBJECTSTORE("prism-objectstore-svc"),
  /** timeseries-svc, over DuckDB in its own process. */
  TIMESERIES("prism-timeseries-svc"),
  /** vector-svc, over Lucene in its own process. */
  VECTOR("prism-vector-svc"),
  /** vector-svc, over Redis 8. */
  VECTOR_REDIS("prism-vector-svc-redis", "prism-vector-svc", "prism-vector-svc"),
  /** The server stack of all services with nothing behind it. */
  ECHO("prism-bench-echo", "prism-bench-echo", "prism-bench/echo");

  // By default it has fewer open transactions than a load keeps in flight.
  private static final Map<String, String> MANY_TRANSACTIONS =
      Map.of(
          "prism.transact.transaction.max-open", "16",
          "prism.transact.transaction.max-open-per-session", "16");

  private final String title;
  private final String artifact;
  private final String module;

  Service(String title) {
    this(title, title, title);
  }

  Service(String title, String artifact, String module) {
    this.title = title;
    this.artifact = artifact;
    this.module = module;
  }

  /** What people know it by; no other has the same. */
  public String title() {
    return title;
  }

  /** The name of its artifact. */
  String artifact() {
    return artifact;
  }

  /** Spring Boot properties that differ from what it is configured with by itself. */
  public Map<String, String> properties() {
    return this == TRANSACT ? MANY_TRANSACTIONS : Map.of();
  }

  /** The folder of its module in a checkout. */
  String module() {
    return module;
  }

  Set<Store> stores() {
    return switch (this) {
      case SESSION, READER, TRANSACT -> Set.of(Store.POSTGRESQL);
      case QUEUE -> Set.of(Store.KAFKA);
      case CACHE -> Set.of(Store.REDIS, Store.POSTGRESQL);
      case PUBSUB -> Set.of(Store.NATS);
      case OBJECTSTORE -> Set.of(Store.S3);
      case VECTOR_REDIS -> Set.of(Store.VECTOR_SETS);
      case TIMESERIES, VECTOR, ECHO -> Set.of();
    };
  }
}
