package io.prism.session.domain;

import io.prism.starter.call.RequestId;
import java.util.Map;

/**
 * Something that someone did or tried to do, to be kept.
 *
 * @param actor the principal; for a refused login what was claimed
 * @param action {@code <thing>.<verb>}
 * @param resource name or id of what it was done to
 * @param namespace the namespace that it concerns; empty: none
 * @param details further facts; never a secret
 */
public record AuditEntry(
    String actor,
    String action,
    String resource,
    String namespace,
    Outcome outcome,
    String requestId,
    Map<String, String> details) {

  /** How it ended. */
  public enum Outcome {
    SUCCESS,
    DENIED,
    FAILED
  }

  public AuditEntry {
    details = Map.copyOf(details);
  }

  /** Something that the current call does. */
  public static AuditEntry done(String actor, String action, String resource, String namespace) {
    return new AuditEntry(
        actor, action, resource, namespace, Outcome.SUCCESS, RequestId.current(), Map.of());
  }

  /** Something that the current call is refused. */
  public static AuditEntry denied(String actor, String action, String resource, String namespace) {
    return done(actor, action, resource, namespace).ending(Outcome.DENIED);
  }

  public AuditEntry ending(Outcome outcome) {
    return new AuditEntry(actor, action, resource, namespace, outcome, requestId, details);
  }

  public AuditEntry with(Map<String, String> details) {
    return new AuditEntry(actor, action, resource, namespace, outcome, requestId, details);
  }
}
