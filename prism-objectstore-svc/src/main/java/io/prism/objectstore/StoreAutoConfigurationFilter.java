package io.prism.objectstore;

import io.prism.objectstore.ObjectStoreProperties.Store;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/** Keeps what is for PostgreSQL out of a service whose objects are in S3. */
final class StoreAutoConfigurationFilter
    implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final String SERVICE = "prism-objectstore-svc";
  private static final List<String> POSTGRESQL =
      List.of(
          "org.springframework.boot.data.jpa.",
          "org.springframework.boot.flyway.",
          "org.springframework.boot.hibernate.",
          "org.springframework.boot.jdbc.",
          "org.springframework.boot.jpa.",
          "org.springframework.boot.persistence.",
          "org.springframework.boot.sql.",
          "org.springframework.boot.transaction.");

  private boolean filters;

  @Override
  public void setEnvironment(Environment environment) {
    // Other services may be on the same class path.
    boolean own = SERVICE.equals(environment.getProperty("spring.application.name"));
    Store store =
        Binder.get(environment).bind("prism.objectstore.store", Store.class).orElse(Store.S3);
    filters = own && store == Store.S3;
  }

  @Override
  public boolean[] match(
      @Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[autoConfigurations.length];
    for (int i = 0; i < matches.length; i++) {
      String candidate = autoConfigurations[i];
      matches[i] =
          candidate != null && !(filters && POSTGRESQL.stream().anyMatch(candidate::startsWith));
    }
    return matches;
  }
}
