package io.prism.session.postgres;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A signing key's row; the private half is encrypted. */
@Entity
@Table(name = "signing_key")
@SuppressWarnings("UnusedVariable") // Columns that only statements read.
class SigningKeyEntity {

  @Id private String id = "";
  private String publicJwk = "";
  private byte[] encryptedPrivate = {};
  private Instant createdAt = Instant.EPOCH;
  private Instant signsFrom = Instant.EPOCH;

  protected SigningKeyEntity() {}

  SigningKeyEntity(
      String id, String publicJwk, byte[] encryptedPrivate, Instant createdAt, Instant signsFrom) {
    this.id = id;
    this.publicJwk = publicJwk;
    this.encryptedPrivate = encryptedPrivate;
    this.createdAt = createdAt;
    this.signsFrom = signsFrom;
  }

  String id() {
    return id;
  }

  byte[] encryptedPrivate() {
    return encryptedPrivate;
  }

  Instant signsFrom() {
    return signsFrom;
  }
}
