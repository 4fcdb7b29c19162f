package io.prism.session.postgres;

import io.prism.session.domain.NamespaceRecord;
import io.prism.session.domain.NamespaceStatus;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A namespace's row. */
@Entity
@Table(name = "namespace")
class NamespaceEntity {

  @Id private String name = "";

  @Enumerated(EnumType.STRING)
  private NamespaceStatus status = NamespaceStatus.ACTIVE;

  private String description = "";
  private Instant createdAt = Instant.EPOCH;
  private Instant updatedAt = Instant.EPOCH;

  protected NamespaceEntity() {}

  NamespaceEntity(String name, NamespaceStatus status, String description, Instant now) {
    this.name = name;
    this.status = status;
    this.description = description;
    this.createdAt = now;
    this.updatedAt = now;
  }

  void change(NamespaceStatus status, String description, Instant now) {
    this.status = status;
    this.description = description;
    this.updatedAt = now;
  }

  NamespaceStatus status() {
    return status;
  }

  String description() {
    return description;
  }

  NamespaceRecord toRecord() {
    return new NamespaceRecord(name, status, description, createdAt, updatedAt);
  }
}
