package io.prism.bench.deployment;

import java.util.Optional;

/** A service that can be deployed. */
public enum Service {
  /** session-svc, over PostgreSQL; every other service needs it. */
  SESSION("prism-session-svc", "prism-session-svc", Store.POSTGRESQL),
  /** queue-svc, over Kafka. */
  QUEUE("prism-queue-svc", "prism-queue-svc", Store.KAFKA),
  /** The server stack of all services with nothing behind it. */
  ECHO("prism-bench-echo", "prism-bench/echo", null);

  private final String artifact;
  private final String module;
  private final Optional<Store> store;

  Service(String artifact, String module, @org.jspecify.annotations.Nullable Store store) {
    this.artifact = artifact;
    this.module = module;
    this.store = Optional.ofNullable(store);
  }

  /** The name of its artifact, which people know it by. */
  public String artifact() {
    return artifact;
  }

  /** The folder of its module in a checkout. */
  String module() {
    return module;
  }

  Optional<Store> store() {
    return store;
  }
}
