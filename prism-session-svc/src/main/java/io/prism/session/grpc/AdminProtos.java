package io.prism.session.grpc;

import com.google.protobuf.Timestamp;
import io.prism.admin.v1.ApiKey;
import io.prism.admin.v1.AuditEvent;
import io.prism.admin.v1.AuditOutcome;
import io.prism.admin.v1.Namespace;
import io.prism.admin.v1.SessionInfo;
import io.prism.session.domain.ApiKeyRecord;
import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.AuditStore.AuditRecord;
import io.prism.session.domain.NamespaceRecord;
import io.prism.session.domain.NamespaceStatus;
import io.prism.session.domain.SessionFilter;
import io.prism.session.domain.SessionRecord;
import io.prism.session.v1.SessionStatus;
import io.prism.starter.error.PrismException;
import java.time.DateTimeException;
import java.time.Instant;

/** Namespaces, keys and audit events as messages. */
final class AdminProtos {

  private AdminProtos() {}

  static Instant instant(String field, Timestamp timestamp) {
    try {
      return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    } catch (DateTimeException e) {
      throw PrismException.invalid(field, "expected: a valid time");
    }
  }

  static Namespace namespace(NamespaceRecord namespace) {
    return Namespace.newBuilder()
        .setName(namespace.name())
        .setStatus(
            switch (namespace.status()) {
              case ACTIVE -> io.prism.admin.v1.NamespaceStatus.NAMESPACE_STATUS_ACTIVE;
              case READ_ONLY -> io.prism.admin.v1.NamespaceStatus.NAMESPACE_STATUS_READ_ONLY;
              case SUSPENDED -> io.prism.admin.v1.NamespaceStatus.NAMESPACE_STATUS_SUSPENDED;
            })
        .setDescription(namespace.description())
        .setCreatedAt(SessionProtos.timestamp(namespace.createdAt()))
        .setUpdatedAt(SessionProtos.timestamp(namespace.updatedAt()))
        .build();
  }

  static NamespaceStatus status(io.prism.admin.v1.NamespaceStatus status) {
    return switch (status) {
      case NAMESPACE_STATUS_ACTIVE -> NamespaceStatus.ACTIVE;
      case NAMESPACE_STATUS_READ_ONLY -> NamespaceStatus.READ_ONLY;
      case NAMESPACE_STATUS_SUSPENDED -> NamespaceStatus.SUSPENDED;
      case NAMESPACE_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid("status", status + " (expected: a known status)");
    };
  }

  static ApiKey apiKey(ApiKeyRecord key) {
    ApiKey.Builder message =
        ApiKey.newBuilder()
            .setId(key.id())
            .setPrincipal(key.principal())
            .addAllAllowedNamespaces(key.rights().namespaces())
            .addAllPermissions(key.rights().permissions())
            .addAllAllowedConfigNames(key.rights().configNames())
            .setCreatedAt(SessionProtos.timestamp(key.createdAt()));
    Instant expires = key.expiresAt();
    if (expires != null) {
      message.setExpiresAt(SessionProtos.timestamp(expires));
    }
    Instant used = key.lastUsedAt();
    if (used != null) {
      message.setLastUsedAt(SessionProtos.timestamp(used));
    }
    Instant revoked = key.revokedAt();
    if (revoked != null) {
      message.setRevokedAt(SessionProtos.timestamp(revoked));
    }
    return message.build();
  }

  static SessionInfo session(SessionRecord session) {
    return SessionInfo.newBuilder()
        .setSessionId(session.id())
        .setPrincipal(session.identity().principal())
        .setClientId(session.client().id())
        .setClientVersion(session.client().version())
        .setNamespace(session.namespace())
        .setStatus(SessionProtos.status(session))
        .setCreatedAt(SessionProtos.timestamp(session.createdAt()))
        .setExpiresAt(SessionProtos.timestamp(session.expiresAt()))
        .setLastActivity(SessionProtos.timestamp(session.lastActivity()))
        .setMetrics(SessionProtos.metrics(session.usage()))
        .build();
  }

  static SessionFilter.Status status(SessionStatus status) {
    return switch (status) {
      case SESSION_STATUS_ACTIVE -> SessionFilter.Status.ACTIVE;
      case SESSION_STATUS_EXPIRING -> SessionFilter.Status.EXPIRING;
      case SESSION_STATUS_READ_ONLY -> SessionFilter.Status.READ_ONLY;
      case SESSION_STATUS_TERMINATING -> SessionFilter.Status.TERMINATING;
      case SESSION_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid("status", status + " (expected: a known status)");
    };
  }

  static AuditEvent event(AuditRecord event) {
    AuditEntry entry = event.entry();
    return AuditEvent.newBuilder()
        .setId(event.id())
        .setTime(SessionProtos.timestamp(event.time()))
        .setActor(entry.actor())
        .setAction(entry.action())
        .setResource(entry.resource())
        .setNamespace(entry.namespace())
        .setOutcome(
            switch (entry.outcome()) {
              case SUCCESS -> AuditOutcome.AUDIT_OUTCOME_SUCCESS;
              case DENIED -> AuditOutcome.AUDIT_OUTCOME_DENIED;
              case FAILED -> AuditOutcome.AUDIT_OUTCOME_FAILED;
            })
        .setRequestId(entry.requestId())
        .putAllDetails(entry.details())
        .build();
  }

  static AuditEntry.Outcome outcome(AuditOutcome outcome) {
    return switch (outcome) {
      case AUDIT_OUTCOME_SUCCESS -> AuditEntry.Outcome.SUCCESS;
      case AUDIT_OUTCOME_DENIED -> AuditEntry.Outcome.DENIED;
      case AUDIT_OUTCOME_FAILED -> AuditEntry.Outcome.FAILED;
      case AUDIT_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
          throw PrismException.invalid("outcome", outcome + " (expected: a known outcome)");
    };
  }
}
