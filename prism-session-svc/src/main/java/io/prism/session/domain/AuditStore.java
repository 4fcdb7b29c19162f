package io.prism.session.domain;

import java.time.Duration;
import java.time.Instant;

/** Where audit events are kept. Any method may fail with BACKEND_UNAVAILABLE. */
public interface AuditStore {

  /** Stores an event by itself, in a transaction of its own. */
  void append(AuditEntry entry);

  /** Events, newest first. */
  Page<AuditRecord> list(AuditFilter filter, PageRequest page);

  /** Deletes events that are older; returns how many, at most {@code limit}. */
  int deleteOlderThan(Duration age, int limit);

  /** An event as it is stored. */
  record AuditRecord(String id, Instant time, AuditEntry entry) {}
}
