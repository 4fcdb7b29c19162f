package io.prism.local.services;

import java.util.Map;

/**
 * One service of local mode.
 *
 * @param name the service's name, also that of its configuration file: {@code prism-<name>.yml}
 * @param application the service's own Spring Boot application class
 * @param stores the store technologies whose auto-configuration the service uses; those of the
 *     others stay off, since all are on the one class path
 * @param properties what local mode sets differently from the service's own configuration
 */
record ServiceContext(
    String name,
    Class<?> application,
    java.util.Set<Store> stores,
    Map<String, Object> properties) {

  /** A technology that Spring Boot configures by its presence on the class path. */
  enum Store {
    SQL(
        "org.springframework.boot.jdbc.",
        "org.springframework.boot.sql.",
        "org.springframework.boot.transaction."),
    JPA(
        "org.springframework.boot.hibernate.",
        "org.springframework.boot.jpa.",
        "org.springframework.boot.data.jpa.",
        "org.springframework.boot.persistence."),
    FLYWAY("org.springframework.boot.flyway."),
    KAFKA("org.springframework.boot.kafka."),
    REDIS("org.springframework.boot.data.redis.");

    // An unmodifiable list, whose type cannot say so.
    @SuppressWarnings("ImmutableEnumChecker")
    private final java.util.List<String> packages;

    Store(String... packages) {
      this.packages = java.util.List.of(packages);
    }

    boolean configuredBy(String autoConfiguration) {
      return packages.stream().anyMatch(autoConfiguration::startsWith);
    }
  }
}
