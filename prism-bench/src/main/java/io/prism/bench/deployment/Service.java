package io.prism.bench.deployment;

import java.util.Map;
import java.util.Set;

/** A service that can be deployed. */
public enum Service {
  /** session-svc, over PostgreSQL; every other service needs it. */
  SESSION("prism-session-svc", "prism-session-svc", Set.of(Store.POSTGRESQL)),
  /** queue-svc, over Kafka. */
  QUEUE("prism-queue-svc", "prism-queue-svc", Set.of(Store.KAFKA)),
  /** reader-svc, over PostgreSQL. */
  READER("prism-reader-svc", "prism-reader-svc", Set.of(Store.POSTGRESQL)),
  /** transact-svc, over PostgreSQL; without an outbox it needs no Kafka. */
  TRANSACT("prism-transact-svc", "prism-transact-svc", Set.of(Store.POSTGRESQL)),
  /** cache-svc, over Redis, with PostgreSQL as its source. */
  CACHE("prism-cache-svc", "prism-cache-svc", Set.of(Store.REDIS, Store.POSTGRESQL)),
  /** pubsub-svc, over NATS. */
  PUBSUB("prism-pubsub-svc", "prism-pubsub-svc", Set.of(Store.NATS)),
  /** The server stack of all services with nothing behind it. */
  ECHO("prism-bench-echo", "prism-bench/echo", Set.of());

  // By default it has fewer open transactions than a load keeps in flight.
  private static final Map<String, String> MANY_TRANSACTIONS =
      Map.of(
          "prism.transact.transaction.max-open", "16",
          "prism.transact.transaction.max-open-per-session", "16");

  private final String artifact;
  private final String module;
  private final Set<Store> stores;

  Service(String artifact, String module, Set<Store> stores) {
    this.artifact = artifact;
    this.module = module;
    this.stores = stores;
  }

  /** The name of its artifact, which people know it by. */
  public String artifact() {
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
    return stores;
  }
}
