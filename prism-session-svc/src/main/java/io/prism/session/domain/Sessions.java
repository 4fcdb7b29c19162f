package io.prism.session.domain;

import io.prism.config.v1.ClientConfig;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The life of sessions, from credentials to closing. */
public final class Sessions {

  private static final String RESOURCE_TYPE = "prism.session.v1.Session";
  private static final int MAX_REASON = 1_024;

  private final SecureRandom random = new SecureRandom();
  private final Login login;
  private final Configs configs;
  private final SessionStore store;
  private final SessionChanges changes;
  private final AuditTrail audit;
  private final SessionLimits limits;

  public Sessions(
      Login login,
      Configs configs,
      SessionStore store,
      SessionChanges changes,
      AuditTrail audit,
      SessionLimits limits) {
    this.login = login;
    this.configs = configs;
    this.store = store;
    this.changes = changes;
    this.audit = audit;
    this.limits = limits;
  }

  /** Creates a session for whoever shows valid credentials. */
  public SessionRecord create(
      Credentials credentials, Peer peer, ConfigChoice choice, Client client) {
    Identity identity = login.authenticate(credentials, peer);
    String id = newId();
    try {
      ClientConfig config = configs.resolve(choice, identity.rights());
      AuditEntry entry =
          AuditEntry.done(identity.principal(), "session.create", id, config.getNamespace())
              .with(Map.of("credential", identity.credential(), "client_id", client.id()));
      return store.create(
          new NewSession(id, identity, client, config, limits.lifetime(), limits.maxLifetime()),
          limits.maxPerCredential(),
          entry);
    } catch (PrismException e) {
      if (isRefusal(e)) {
        audit.refused(
            AuditEntry.denied(
                    identity.principal(),
                    "session.create",
                    "",
                    e.metadata().getOrDefault("namespace", ""))
                .with(Map.of("credential", identity.credential(), "cause", e.reason().name())));
      }
      throw e;
    }
  }

  private static boolean isRefusal(PrismException e) {
    return switch (e.reason().code()) {
      case PERMISSION_DENIED, FAILED_PRECONDITION, RESOURCE_EXHAUSTED -> true;
      default -> false;
    };
  }

  /** Keeps a session alive; returns what is known about it. */
  public SessionRecord heartbeat(String id) {
    return live(store.touch(id).orElse(null));
  }

  public SessionRecord get(String id) {
    return live(store.find(id).orElse(null));
  }

  /**
   * Moves the expiry.
   *
   * @param extension from now; null: the usual lifetime
   */
  public SessionRecord refresh(String id, @Nullable Duration extension) {
    if (extension != null && !extension.isPositive()) {
      throw PrismException.invalid("extension", extension + " (expected: more than zero)");
    }
    Duration wanted = extension == null ? limits.lifetime() : extension;
    Duration clamped = wanted.compareTo(limits.maxLifetime()) > 0 ? limits.maxLifetime() : wanted;
    return live(store.extend(id, clamped).orElse(null));
  }

  /** Closes the caller's own session. */
  public Closing close(String id, String principal, String namespace, boolean force) {
    AuditEntry entry =
        AuditEntry.done(principal, "session.close", id, namespace)
            .with(Map.of("force", Boolean.toString(force)));
    Closing closing =
        store
            .close(id, force, "closed by the client", entry)
            .orElseThrow(() -> ended(store.find(id).orElse(null)));
    changes.publish(List.of(closing.event()));
    return closing;
  }

  /** Closes someone's session. */
  public Closing terminate(Caller caller, String id, boolean force, String reason) {
    Names.limited("reason", reason, MAX_REASON);
    Optional<SessionRecord> visible =
        store
            .find(id)
            .filter(found -> found.isLive() && caller.rights().allowNamespace(found.namespace()));
    AuditEntry entry =
        AuditEntry.done(
                caller.principal(),
                "session.terminate",
                id,
                visible.map(SessionRecord::namespace).orElse(""))
            .with(Map.of("force", Boolean.toString(force), "reason", reason));
    String why = reason.isEmpty() ? "terminated by an administrator" : reason;
    Closing closing =
        audit.watch(
            entry,
            () ->
                visible
                    .flatMap(found -> store.close(id, force, why, entry))
                    .orElseThrow(() -> notFound(id)));
    changes.publish(List.of(closing.event()));
    return closing;
  }

  /** Who makes an administrative call in a session. */
  public Caller caller(String id) {
    SessionRecord session = get(id);
    return new Caller(
        session.identity().principal(), session.namespace(), session.identity().rights());
  }

  public Page<SessionRecord> list(SessionFilter filter, PageRequest page) {
    return store.list(filter, page);
  }

  private static PrismException notFound(String id) {
    return PrismException.because(SessionReason.SESSION_NOT_FOUND, "no live session of that id")
        .resource(RESOURCE_TYPE, id)
        .build();
  }

  private static SessionRecord live(@Nullable SessionRecord found) {
    if (found == null || !found.isLive()) {
      throw ended(found);
    }
    return found;
  }

  private static PrismException ended(@Nullable SessionRecord found) {
    return found != null && found.state() == SessionState.CLOSED
        ? PrismException.of(CallReason.SESSION_CLOSED, "the session is closed")
        : PrismException.of(CallReason.SESSION_EXPIRED, "the session has expired");
  }

  private String newId() {
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    return "sess-" + HexFormat.of().formatHex(bits);
  }
}
