package io.prism.session.postgres;

import io.prism.session.domain.AuditEntry;
import io.prism.session.domain.AuditStore.AuditRecord;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** An audit event's row. */
@Entity
@Table(name = "audit_event")
class AuditEventEntity {

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  private Instant time = Instant.EPOCH;
  private String actor = "";
  private String action = "";
  private String resource = "";
  private String namespace = "";

  @Enumerated(EnumType.STRING)
  private AuditEntry.Outcome outcome = AuditEntry.Outcome.SUCCESS;

  private String requestId = "";

  @JdbcTypeCode(SqlTypes.JSON)
  private Map<String, String> details = Map.of();

  protected AuditEventEntity() {}

  AuditEventEntity(AuditEntry entry, Instant time) {
    this.time = time;
    this.actor = entry.actor();
    this.action = entry.action();
    this.resource = entry.resource();
    this.namespace = entry.namespace();
    this.outcome = entry.outcome();
    this.requestId = entry.requestId();
    this.details = entry.details();
  }

  long id() {
    if (id == null) {
      throw new IllegalStateException("the audit event is not stored yet");
    }
    return id;
  }

  AuditRecord toRecord() {
    return new AuditRecord(
        Long.toString(id()),
        time,
        new AuditEntry(actor, action, resource, namespace, outcome, requestId, details));
  }
}
