package io.prism.session.domain;

import io.prism.starter.auth.Permissions;
import java.util.List;
import java.util.Optional;

/**
 * What a credential allows.
 *
 * @param namespaces names; {@code *} is every one
 * @param permissions {@code service:level}
 * @param configNames names of the configurations that may be used; empty: any, inline ones included
 */
public record Rights(List<String> namespaces, List<String> permissions, List<String> configNames) {

  /** Stands for every namespace. */
  public static final String EVERY_NAMESPACE = "*";

  public Rights {
    namespaces = List.copyOf(namespaces);
    permissions = List.copyOf(permissions);
    configNames = List.copyOf(configNames);
  }

  /** Whether every namespace is allowed, those that do not exist yet included. */
  public boolean allowEveryNamespace() {
    return namespaces.contains(EVERY_NAMESPACE);
  }

  public boolean allowNamespace(String namespace) {
    return allowEveryNamespace() || namespaces.contains(namespace);
  }

  /** The namespace that is meant when none is named: the only one there is. */
  public Optional<String> onlyNamespace() {
    return namespaces.size() == 1 && !allowEveryNamespace()
        ? Optional.of(namespaces.getFirst())
        : Optional.empty();
  }

  public boolean allowConfig(String name) {
    return configNames.isEmpty() || configNames.contains(name);
  }

  public boolean allowInlineConfig() {
    return configNames.isEmpty();
  }

  /** Whether these include everything that the others allow, so that one may grant the others. */
  public boolean include(Rights others) {
    return others.namespaces.stream().allMatch(this::allowNamespace)
        && Permissions.parse(permissions).include(Permissions.parse(others.permissions))
        && (configNames.isEmpty()
            || (!others.configNames.isEmpty() && configNames.containsAll(others.configNames)));
  }
}
