package io.prism.session.domain;

import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.ClientConfig;
import java.util.List;
import java.util.Optional;

/**
 * Where configurations are kept. Every method is one transaction. Any method may fail with
 * BACKEND_UNAVAILABLE.
 */
public interface ConfigStore {

  /** A version of a configuration; the newest when none is named. */
  Optional<ClientConfig> find(String namespace, String name, Optional<String> version);

  /** The newest versions of that name, of at most two of the namespaces allowed. */
  List<ClientConfig> findAnywhere(String name, Rights rights);

  /**
   * Stores a configuration and its audit event. An empty version is numbered: one more than the
   * highest number so far. What is stored last is the newest version, a replaced one included.
   *
   * @throws io.prism.starter.error.PrismException CONFIG_ALREADY_EXISTS, NAMESPACE_NOT_FOUND
   */
  ClientConfig register(ClientConfig config, boolean overwrite, AuditEntry audit);

  /** The newest version of each configuration of a namespace, by name. */
  Page<ClientConfig> list(
      String namespace, Optional<AccessPattern> pattern, Rights rights, PageRequest page);
}
