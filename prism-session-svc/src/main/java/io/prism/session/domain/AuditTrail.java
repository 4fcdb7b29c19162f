package io.prism.session.domain;

import io.prism.starter.error.PrismException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was refused, so many a minute: whoever is refused must not be able to fill the store.
 * What was done is stored with the change itself. Thread-safe.
 */
public final class AuditTrail {

  private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final AuditStore store;
  private final int maxPerMinute;
  private long minuteStart = System.nanoTime();
  private int inMinute;
  private int suppressed;

  public AuditTrail(AuditStore store, int maxPerMinute) {
    this.store = store;
    this.maxPerMinute = maxPerMinute;
  }

  /** Keeps a refusal, unless there are too many; the refusal stands whatever becomes of this. */
  public void refused(AuditEntry entry) {
    int missing = admit();
    if (missing < 0) {
      return;
    }
    Map<String, String> details = new HashMap<>(entry.details());
    if (missing > 0) {
      details.put("suppressed_before", Integer.toString(missing));
    }
    try {
      store.append(entry.with(details));
    } catch (PrismException e) {
      log.warn("audit event {} of {} could not be stored", entry.action(), entry.actor(), e);
    }
  }

  /** Does something; if that is refused or fails, keeps that. */
  public <T> T watch(AuditEntry entry, Supplier<T> action) {
    try {
      return action.get();
    } catch (PrismException e) {
      switch (e.reason().code()) {
        case PERMISSION_DENIED -> refused(because(e, entry.ending(AuditEntry.Outcome.DENIED)));
        case NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION ->
            refused(because(e, entry.ending(AuditEntry.Outcome.FAILED)));
        default -> {}
      }
      throw e;
    }
  }

  private static AuditEntry because(PrismException failure, AuditEntry entry) {
    Map<String, String> details = new HashMap<>(entry.details());
    details.put("cause", failure.reason().name());
    return entry.with(details);
  }

  /** How many were suppressed since the last that was admitted; negative: suppress this too. */
  private synchronized int admit() {
    long now = System.nanoTime();
    if (now - minuteStart > MINUTE_NANOS) {
      minuteStart = now;
      inMinute = 0;
    }
    if (inMinute >= maxPerMinute) {
      suppressed++;
      return -1;
    }
    inMinute++;
    int missing = suppressed;
    suppressed = 0;
    return missing;
  }
}
