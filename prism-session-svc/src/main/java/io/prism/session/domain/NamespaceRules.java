package io.prism.session.domain;

import io.prism.starter.error.PrismException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Administration of namespaces, each admin in those that its credential allows. */
public final class NamespaceRules {

  private static final int MAX_DESCRIPTION = 1_024;

  private final NamespaceStore store;
  private final SessionChanges changes;
  private final AuditTrail audit;

  public NamespaceRules(NamespaceStore store, SessionChanges changes, AuditTrail audit) {
    this.store = store;
    this.changes = changes;
    this.audit = audit;
  }

  public NamespaceRecord create(Caller caller, String name, String description) {
    if (!Names.isNamespace(name)) {
      throw PrismException.invalid(
          "name", "'" + name + "' (expected: [a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)");
    }
    Names.limited("description", description, MAX_DESCRIPTION);
    AuditEntry entry = AuditEntry.done(caller.principal(), "namespace.create", name, name);
    return audit.watch(
        entry,
        () -> {
          requireAllowed(caller, name);
          return store.create(name, description, entry);
        });
  }

  public NamespaceRecord get(Caller caller, String name) {
    requireAllowed(caller, name);
    return store.find(name).orElseThrow(() -> notFound(name));
  }

  public Page<NamespaceRecord> list(
      Caller caller, Optional<NamespaceStatus> status, PageRequest page) {
    return store.list(status, caller.rights(), page);
  }

  /** Changes a namespace; a new status holds for its live sessions at once. */
  public NamespaceRecord update(
      Caller caller, String name, Optional<NamespaceStatus> status, Optional<String> description) {
    if (status.isEmpty() && description.isEmpty()) {
      throw PrismException.invalid("status", "unset (expected: status or description set)");
    }
    description.ifPresent(text -> Names.limited("description", text, MAX_DESCRIPTION));
    Map<String, String> details = new HashMap<>();
    status.ifPresent(value -> details.put("status", value.name()));
    AuditEntry entry =
        AuditEntry.done(caller.principal(), "namespace.update", name, name).with(details);
    NamespaceStore.Update update =
        audit.watch(
            entry,
            () -> {
              requireAllowed(caller, name);
              return store
                  .update(name, status, description, entry)
                  .orElseThrow(() -> notFound(name));
            });
    changes.publish(update.sessions());
    return update.namespace();
  }

  private static void requireAllowed(Caller caller, String name) {
    if (!caller.rights().allowNamespace(name)) {
      throw PrismException.because(
              SessionReason.NAMESPACE_NOT_ALLOWED, "the namespace is not allowed to the caller")
          .with("namespace", name)
          .build();
    }
  }

  private static PrismException notFound(String name) {
    return PrismException.because(SessionReason.NAMESPACE_NOT_FOUND, "no namespace '" + name + "'")
        .resource("prism.admin.v1.Namespace", name)
        .build();
  }
}
