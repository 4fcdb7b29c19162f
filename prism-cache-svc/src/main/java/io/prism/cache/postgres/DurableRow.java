package io.prism.cache.postgres;

import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of the durable table. It is changed by statements that PostgreSQL runs in one go. */
@Entity
@Table(name = "entry")
@SuppressWarnings("UnusedVariable") // Columns that only statements use.
class DurableRow {

  @EmbeddedId private DurableId id = new DurableId("", "");

  private byte[] value = {};

  private @Nullable Instant expiresAt;

  protected DurableRow() {}
}
