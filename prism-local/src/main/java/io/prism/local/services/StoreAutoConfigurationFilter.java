package io.prism.local.services;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Keeps the auto-configuration of a store out of the services that do not use it. All services of
 * local mode share one class path, so Spring Boot would give each of them every store.
 */
final class StoreAutoConfigurationFilter
    implements AutoConfigurationImportFilter, EnvironmentAware {

  /** The names of the stores that a context uses, comma-separated. */
  static final String STORES = "prism.local.stores";

  private Set<ServiceContext.Store> unused = Set.of();

  @Override
  public void setEnvironment(Environment environment) {
    Set<ServiceContext.Store> used = EnumSet.noneOf(ServiceContext.Store.class);
    String declared = environment.getProperty(STORES, "");
    for (String store : declared.split(",", -1)) {
      if (!store.isBlank()) {
        used.add(ServiceContext.Store.valueOf(store.strip()));
      }
    }
    unused = EnumSet.allOf(ServiceContext.Store.class);
    unused.removeAll(used);
  }

  @Override
  public boolean[] match(
      @Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[autoConfigurations.length];
    for (int i = 0; i < matches.length; i++) {
      String candidate = autoConfigurations[i];
      matches[i] =
          candidate != null && unused.stream().noneMatch(store -> store.configuredBy(candidate));
    }
    return matches;
  }
}
