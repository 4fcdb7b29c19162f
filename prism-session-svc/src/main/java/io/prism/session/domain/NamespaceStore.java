package io.prism.session.domain;

import java.util.List;
import java.util.Optional;

/**
 * Where namespaces are kept. Every method is one transaction. Any method may fail with
 * BACKEND_UNAVAILABLE.
 */
public interface NamespaceStore {

  Optional<NamespaceRecord> find(String name);

  /**
   * Stores a namespace, ACTIVE, and its audit event.
   *
   * @throws io.prism.starter.error.PrismException NAMESPACE_ALREADY_EXISTS
   */
  NamespaceRecord create(String name, String description, AuditEntry audit);

  /** Changes a namespace and its live sessions, with the audit event. Empty: there is none. */
  Optional<Update> update(
      String name,
      Optional<NamespaceStatus> status,
      Optional<String> description,
      AuditEntry audit);

  /** Namespaces by name. */
  Page<NamespaceRecord> list(Optional<NamespaceStatus> status, Rights visible, PageRequest page);

  /** A changed namespace and what that did to its sessions. */
  record Update(NamespaceRecord namespace, List<SessionEvent> sessions) {}
}
