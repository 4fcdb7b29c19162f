package io.prism.bench.deployment;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A service that can be deployed. */
public enum Service {
  /** session-svc, over PostgreSQL; every other service needs it. */
  SESSION("prism-session-svc", "prism-session-svc", Store.POSTGRESQL),
  /** queue-svc, over Kafka. */
  QUEUE("prism-queue-svc", "prism-queue-svc", Store.KAFKA),
  /** reader-svc, over PostgreSQL. */
  READER("prism-reader-svc", "prism-reader-svc", Store.POSTGRESQL),
  /** transact-svc, over PostgreSQL; without an outbox it needs no Kafka. */
  TRANSACT("prism-transact-svc", "prism-transact-svc", Store.POSTGRESQL),
  /** The server stack of all services with nothing behind it. */
  ECHO("prism-bench-echo", "prism-bench/echo", null);

  // By default it has fewer open transactions than a load keeps in flight.
  private static final Map<String, String> MANY_TRANSACTIONS =
      Map.of(
          "prism.transact.transaction.max-open", "16",
          "prism.transact.transaction.max-open-per-session", "16");

  private final String artifact;
  private final String module;
  private final Optional<Store> store;

  Service(String artifact, String module, @Nullable Store store) {
    this.artifact = artifact;
    this.module = module;
    this.store = Optional.ofNullable(store);
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

  Optional<Store> store() {
    return store;
  }
}
