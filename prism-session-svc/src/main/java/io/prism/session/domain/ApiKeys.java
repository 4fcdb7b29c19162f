package io.prism.session.domain;

import io.prism.starter.auth.Permissions;
import io.prism.starter.error.PrismException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Administration of API keys: nobody grants more than it has itself. */
public final class ApiKeys {

  private static final int MAX_PRINCIPAL = 256;
  private static final int MAX_NAMES = 64;

  private final ApiKeyStore store;
  private final SecretHasher hasher;
  private final AuditTrail audit;
  private final Clock clock;

  public ApiKeys(ApiKeyStore store, SecretHasher hasher, AuditTrail audit, Clock clock) {
    this.store = store;
    this.hasher = hasher;
    this.audit = audit;
    this.clock = clock;
  }

  /** A key as created, with the text that is told this once. */
  public record Created(ApiKeyRecord key, String text) {

    @Override
    public String toString() {
      return "Created[" + key.id() + "]";
    }
  }

  public Created create(
      Caller caller, String principal, Rights rights, @Nullable Instant expiresAt) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    check(principal, rights, expiresAt, now);
    NewApiKey made = NewApiKey.generate();
    ApiKeyRecord key =
        new ApiKeyRecord(
            made.id(),
            hasher.hash(made.id(), made.secret()),
            principal,
            rights,
            expiresAt,
            now,
            null,
            null);
    AuditEntry entry =
        AuditEntry.done(caller.principal(), "api_key.create", made.id(), namespaceOf(rights))
            .with(
                Map.of(
                    "principal",
                    principal,
                    "namespaces",
                    String.join(",", rights.namespaces()),
                    "permissions",
                    String.join(",", rights.permissions())));
    return audit.watch(
        entry,
        () -> {
          requireGrantable(caller, rights);
          store.create(key, entry);
          return new Created(key, made.text());
        });
  }

  private static void check(
      String principal, Rights rights, @Nullable Instant expiresAt, Instant now) {
    if (principal.isBlank() || principal.length() > MAX_PRINCIPAL) {
      throw PrismException.invalid(
          "principal", principal.length() + " characters (expected: 1 to " + MAX_PRINCIPAL + ")");
    }
    count("allowed_namespaces", rights.namespaces(), 1);
    count("permissions", rights.permissions(), 1);
    count("allowed_config_names", rights.configNames(), 0);
    rights.namespaces().stream()
        .filter(name -> !Rights.EVERY_NAMESPACE.equals(name) && !Names.isNamespace(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw PrismException.invalid(
                  "allowed_namespaces", "'" + name + "' (expected: a namespace or *)");
            });
    rights.permissions().stream()
        .filter(text -> !Permissions.isValid(text))
        .findFirst()
        .ifPresent(
            text -> {
              throw PrismException.invalid(
                  "permissions", "'" + text + "' (expected: service:level)");
            });
    rights.configNames().stream()
        .filter(name -> !Names.isConfig(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw PrismException.invalid(
                  "allowed_config_names", "'" + name + "' (expected: 1-64 of [a-z0-9-])");
            });
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw PrismException.invalid("expires_at", expiresAt + " (expected: in the future)");
    }
  }

  private static void count(String field, List<String> names, int min) {
    if (names.size() < min || names.size() > MAX_NAMES) {
      throw PrismException.invalid(
          field, names.size() + " (expected: " + min + " to " + MAX_NAMES + ")");
    }
  }

  private static void requireGrantable(Caller caller, Rights rights) {
    if (!caller.rights().include(rights)) {
      throw PrismException.of(
          SessionReason.GRANT_NOT_ALLOWED, "the key would allow more than the caller may do");
    }
  }

  private static String namespaceOf(Rights rights) {
    return rights.onlyNamespace().orElse("");
  }

  public Page<ApiKeyRecord> list(ApiKeyFilter filter, PageRequest page) {
    return store.list(filter, page);
  }

  /** Revokes a key that reaches no further than its caller does. */
  public ApiKeyRecord revoke(Caller caller, String id) {
    Optional<ApiKeyRecord> visible =
        store
            .find(id)
            .filter(
                key ->
                    key.rights().namespaces().stream().allMatch(caller.rights()::allowNamespace));
    AuditEntry entry =
        AuditEntry.done(
            caller.principal(),
            "api_key.revoke",
            id,
            visible.map(key -> namespaceOf(key.rights())).orElse(""));
    return audit.watch(
        entry,
        () ->
            visible
                .flatMap(key -> store.revoke(id, entry))
                .orElseThrow(
                    () ->
                        PrismException.because(SessionReason.API_KEY_NOT_FOUND, "no such API key")
                            .resource("prism.admin.v1.ApiKey", id)
                            .build()));
  }
}
