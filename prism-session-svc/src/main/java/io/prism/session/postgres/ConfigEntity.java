package io.prism.session.postgres;

import io.prism.config.v1.ClientConfig;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

/** A version of a configuration. */
@Entity
@Table(name = "client_config")
@IdClass(ConfigEntity.Key.class)
@SuppressWarnings("UnusedVariable") // Columns that only statements read.
class ConfigEntity {

  /** The primary key. */
  record Key(String namespace, String name, String version) implements Serializable {}

  @Id private String namespace = "";
  @Id private String name = "";
  @Id private String version = "";

  @Column(insertable = false, updatable = false)
  private long registration;

  private int pattern;
  private byte[] content = {};
  private Instant registeredAt = Instant.EPOCH;
  private String registeredBy = "";

  protected ConfigEntity() {}

  ConfigEntity(ClientConfig config, String by, Instant now) {
    this.namespace = config.getNamespace();
    this.name = config.getName();
    this.version = config.getVersion();
    this.pattern = config.getPatternValue();
    this.content = config.toByteArray();
    this.registeredAt = now;
    this.registeredBy = by;
  }

  ClientConfig config() {
    return SessionRows.config(content);
  }
}
