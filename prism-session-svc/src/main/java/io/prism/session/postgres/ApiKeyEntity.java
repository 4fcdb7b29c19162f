package io.prism.session.postgres;

import io.prism.session.domain.ApiKeyRecord;
import io.prism.session.domain.Rights;
import io.prism.session.domain.SecretHash;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** An API key's row. */
@Entity
@Table(name = "api_key")
@SuppressWarnings("UnusedVariable") // Columns that only statements read.
class ApiKeyEntity {

  /** What {@code Identity.credential} begins with for API keys. */
  static final String CREDENTIAL = "api_key:";

  @Id private String id = "";
  private byte[] secretHash = {};
  private String principal = "";

  @JdbcTypeCode(SqlTypes.ARRAY)
  private List<String> namespaces = List.of();

  @JdbcTypeCode(SqlTypes.ARRAY)
  private List<String> permissions = List.of();

  @JdbcTypeCode(SqlTypes.ARRAY)
  private List<String> configNames = List.of();

  private @Nullable Instant expiresAt;
  private Instant createdAt = Instant.EPOCH;
  private @Nullable Instant lastUsedAt;
  private @Nullable Instant revokedAt;
  private boolean bootstrap;

  protected ApiKeyEntity() {}

  ApiKeyEntity(ApiKeyRecord key, boolean bootstrap) {
    this.id = key.id();
    this.secretHash = key.hash().bytes();
    this.principal = key.principal();
    this.namespaces = key.rights().namespaces();
    this.permissions = key.rights().permissions();
    this.configNames = key.rights().configNames();
    this.expiresAt = key.expiresAt();
    this.createdAt = key.createdAt();
    this.lastUsedAt = key.lastUsedAt();
    this.revokedAt = key.revokedAt();
    this.bootstrap = bootstrap;
  }

  boolean isRevoked() {
    return revokedAt != null;
  }

  void revoke(Instant now) {
    revokedAt = now;
  }

  void replaceSecret(SecretHash hash) {
    secretHash = hash.bytes();
  }

  ApiKeyRecord toRecord() {
    return new ApiKeyRecord(
        id,
        new SecretHash(secretHash),
        principal,
        new Rights(namespaces, permissions, configNames),
        expiresAt,
        createdAt,
        lastUsedAt,
        revokedAt);
  }
}
