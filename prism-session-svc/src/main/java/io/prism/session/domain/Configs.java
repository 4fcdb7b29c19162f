package io.prism.session.domain;

import io.prism.config.v1.AccessPattern;
import io.prism.config.v1.ClientConfig;
import io.prism.starter.error.PrismException;
import io.prism.starter.error.PrismException.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Named configurations, and what a session's configuration comes to. */
public final class Configs {

  private static final String RESOURCE_TYPE = "prism.config.v1.ClientConfig";

  private final ConfigStore store;
  private final NamespaceStore namespaces;
  private final ConfigRules rules;
  private final ConfigDefaults defaults;
  private final ConfigLimits limits;
  private final AuditTrail audit;

  public Configs(
      ConfigStore store,
      NamespaceStore namespaces,
      ConfigRules rules,
      ConfigDefaults defaults,
      ConfigLimits limits,
      AuditTrail audit) {
    this.store = store;
    this.namespaces = namespaces;
    this.rules = rules;
    this.defaults = defaults;
    this.limits = limits;
    this.audit = audit;
  }

  /** The configuration of a new session, with every default filled in. */
  public ClientConfig resolve(ConfigChoice choice, Rights rights) {
    return switch (choice) {
      case ConfigChoice.Named named -> filled(named(named.name(), rights), rights, "config_name");
      case ConfigChoice.Inline inline -> filled(inline(inline, rights), rights, "inline_config");
      case ConfigChoice.None none ->
          filled(ClientConfig.getDefaultInstance(), rights, "inline_config");
    };
  }

  private ClientConfig named(String name, Rights rights) {
    requireAllowedName(name, rights);
    List<ClientConfig> found = store.findAnywhere(name, rights);
    if (found.isEmpty()) {
      throw notFound(name);
    }
    if (found.size() > 1) {
      throw PrismException.invalid(
          "config_name",
          "there are configurations of that name in several namespaces (expected: a credential for"
              + " one namespace, or inline_config)");
    }
    return found.getFirst();
  }

  private ClientConfig inline(ConfigChoice.Inline inline, Rights rights) {
    if (!rights.allowInlineConfig()) {
      throw PrismException.of(
          SessionReason.CONFIG_NOT_ALLOWED, "the credential allows named configurations only");
    }
    List<Violation> violations = rules.violations(inline.config());
    if (!violations.isEmpty()) {
      throw Violations.failure("inline_config", violations);
    }
    return inline.config();
  }

  private ClientConfig filled(ClientConfig config, Rights rights, String field) {
    String namespace =
        config.getNamespace().isEmpty()
            ? rights
                .onlyNamespace()
                .orElseThrow(
                    () ->
                        PrismException.invalid(
                            "inline_config.namespace",
                            "empty (expected: set, as the credential allows more than one)"))
            : config.getNamespace();
    requireAllowed(namespace, rights);
    ClientConfig filled = defaults.fill(config, namespace);
    if (filled.getSerializedSize() > limits.maxBytes()) {
      throw PrismException.invalid(
          field,
          filled.getSerializedSize() + " bytes (expected: at most " + limits.maxBytes() + ")");
    }
    return filled;
  }

  private static void requireAllowed(String namespace, Rights rights) {
    if (!rights.allowNamespace(namespace)) {
      throw PrismException.because(
              SessionReason.NAMESPACE_NOT_ALLOWED, "the namespace is not allowed to the caller")
          .with("namespace", namespace)
          .build();
    }
  }

  private static PrismException notFound(String name) {
    return PrismException.because(SessionReason.CONFIG_NOT_FOUND, "no such configuration")
        .resource(RESOURCE_TYPE, name)
        .build();
  }

  /** One configuration of the caller's namespace. */
  public ClientConfig get(Caller caller, String name, Optional<String> version) {
    return store
        .find(caller.namespace(), name, version)
        .filter(found -> caller.rights().allowConfig(found.getName()))
        .orElseThrow(() -> notFound(name));
  }

  /** The configurations of a namespace that the caller may use. */
  public Page<ClientConfig> list(
      Caller caller,
      Optional<String> namespace,
      Optional<AccessPattern> pattern,
      PageRequest page) {
    String wanted = namespace.orElse(caller.namespace());
    requireAllowed(wanted, caller.rights());
    return store.list(wanted, pattern, caller.rights(), page);
  }

  /** Stores a configuration after the checks. */
  public ClientConfig register(Caller caller, ClientConfig config, boolean overwrite) {
    ClientConfig placed = placed(caller, config);
    AuditEntry entry =
        AuditEntry.done(
                caller.principal(), "config.register", placed.getName(), placed.getNamespace())
            .with(Map.of("version", placed.getVersion(), "overwrite", "" + overwrite));
    return audit.watch(
        entry,
        () -> {
          requireAllowed(placed.getNamespace(), caller.rights());
          requireAllowedName(placed.getName(), caller.rights());
          requireValid(placed);
          return store.register(placed, overwrite, entry);
        });
  }

  private static void requireAllowedName(String name, Rights rights) {
    if (!rights.allowConfig(name)) {
      throw PrismException.of(
          SessionReason.CONFIG_NOT_ALLOWED, "the credential does not allow this configuration");
    }
  }

  private void requireValid(ClientConfig config) {
    List<Violation> violations = new ArrayList<>(rules.violations(config));
    if (config.getName().isEmpty()) {
      violations.addFirst(new Violation("name", "empty (expected: 1-64 characters [a-z0-9-])"));
    }
    size(config).ifPresent(violations::add);
    if (!violations.isEmpty()) {
      throw Violations.failure("config", violations);
    }
  }

  private static ClientConfig placed(Caller caller, ClientConfig config) {
    return config.getNamespace().isEmpty()
        ? config.toBuilder().setNamespace(caller.namespace()).build()
        : config;
  }

  private Optional<Violation> size(ClientConfig config) {
    int bytes = defaults.fill(config, config.getNamespace()).getSerializedSize();
    return bytes <= limits.maxBytes()
        ? Optional.empty()
        : Optional.of(
            new Violation(
                "config", bytes + " bytes (expected: at most " + limits.maxBytes() + ")"));
  }

  /** Checks a configuration as {@link #register} and session creation would. */
  public Verdict validate(Caller caller, ClientConfig config) {
    ClientConfig placed = placed(caller, config);
    List<Violation> errors = new ArrayList<>(rules.violations(placed));
    if (Names.isNamespace(placed.getNamespace())) {
      if (!caller.rights().allowNamespace(placed.getNamespace())) {
        errors.add(new Violation("namespace", "not allowed to the caller"));
      } else if (namespaces.find(placed.getNamespace()).isEmpty()) {
        errors.add(new Violation("namespace", "does not exist"));
      }
    }
    size(placed).ifPresent(errors::add);
    return new Verdict(errors, rules.warnings(placed));
  }

  /** What is to be said about a configuration. */
  public record Verdict(List<Violation> errors, List<Violation> warnings) {

    public Verdict {
      errors = List.copyOf(errors);
      warnings = List.copyOf(warnings);
    }
  }
}
