package io.prism.session.postgres;

import io.prism.session.domain.NewSession;
import io.prism.session.domain.SessionRecord;
import io.prism.session.domain.SessionState;
import io.prism.session.domain.Usage;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hibernate.annotations.DynamicInsert;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A session's row as it is created; what changes later is changed by statements of their own. */
@Entity
@Table(name = "session")
@DynamicInsert
@SuppressWarnings("UnusedVariable") // Columns that only statements read.
class SessionEntity {

  @Id private String id;
  private long version;

  @Enumerated(EnumType.STRING)
  private SessionState status;

  private String reason;
  private String principal;
  private String credential;

  @JdbcTypeCode(SqlTypes.ARRAY)
  private List<String> namespaces;

  @JdbcTypeCode(SqlTypes.ARRAY)
  private List<String> permissions;

  @JdbcTypeCode(SqlTypes.ARRAY)
  private List<String> configNames;

  private String clientId;
  private String clientVersion;

  @JdbcTypeCode(SqlTypes.JSON)
  private Map<String, String> metadata;

  private String namespace;
  private byte[] config;
  private boolean createdReadOnly;
  private Instant createdAt;
  private Instant expiresAt;
  private Instant tokenExpiresAt;
  private Instant lastActivity;

  protected SessionEntity() {
    this.id = "";
    this.status = SessionState.ACTIVE;
    this.reason = "";
    this.principal = "";
    this.credential = "";
    this.namespaces = new ArrayList<>();
    this.permissions = new ArrayList<>();
    this.configNames = new ArrayList<>();
    this.clientId = "";
    this.clientVersion = "";
    this.metadata = new TreeMap<>();
    this.namespace = "";
    this.config = new byte[0];
    this.createdAt = Instant.EPOCH;
    this.expiresAt = Instant.EPOCH;
    this.tokenExpiresAt = Instant.EPOCH;
    this.lastActivity = Instant.EPOCH;
  }

  SessionEntity(NewSession session, boolean readOnly, Instant now) {
    this.id = session.id();
    this.version = 1;
    this.status = readOnly ? SessionState.READ_ONLY : SessionState.ACTIVE;
    this.reason = "";
    this.principal = session.identity().principal();
    this.credential = session.identity().credential();
    this.namespaces = session.identity().rights().namespaces();
    this.permissions = session.identity().rights().permissions();
    this.configNames = session.identity().rights().configNames();
    this.clientId = session.client().id();
    this.clientVersion = session.client().version();
    this.metadata = session.client().metadata();
    this.namespace = session.namespace();
    this.config = session.config().toByteArray();
    this.createdReadOnly = readOnly;
    this.createdAt = now;
    this.expiresAt = now.plus(session.lifetime());
    this.tokenExpiresAt = now.plus(session.tokenLifetime());
    this.lastActivity = now;
  }

  SessionRecord toRecord(NewSession session) {
    return new SessionRecord(
        id,
        version,
        status,
        reason,
        session.identity(),
        session.client(),
        namespace,
        session.config(),
        createdReadOnly,
        createdAt,
        expiresAt,
        tokenExpiresAt,
        lastActivity,
        new Usage(0, 0, 0, 0),
        createdAt);
  }
}
