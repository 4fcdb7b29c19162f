package io.prism.transact.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Counts the open transactions, of each session and of this instance. Thread-safe. */
public final class TransactionSlots {

  private static final Duration RETRY_DELAY = Duration.ofMillis(500);

  private final int max;
  private final int maxPerSession;
  private final Map<String, Integer> bySession = new HashMap<>();
  private int open;
  private boolean closed;

  public TransactionSlots(int max, int maxPerSession) {
    this.max = max;
    this.maxPerSession = maxPerSession;
  }

  /**
   * Takes one; {@link #release} gives it back.
   *
   * @throws PrismException TOO_MANY_TRANSACTIONS, DRAINING
   */
  public synchronized void take(String sessionId) {
    if (closed) {
      throw PrismException.because(CallReason.DRAINING, "this instance is stopping")
          .retryAfter(RETRY_DELAY)
          .build();
    }
    int own = bySession.getOrDefault(sessionId, 0);
    if (own >= maxPerSession) {
      throw tooMany("the session has", maxPerSession);
    }
    if (open >= max) {
      throw tooMany("this instance has", max);
    }
    bySession.put(sessionId, own + 1);
    open++;
  }

  public synchronized void release(String sessionId) {
    bySession.computeIfPresent(sessionId, (id, own) -> own > 1 ? own - 1 : null);
    open--;
  }

  /** Gives out no more: this instance is stopping. */
  public synchronized void close() {
    closed = true;
  }

  /** How many are open in this instance. */
  public synchronized int open() {
    return open;
  }

  private static PrismException tooMany(String who, int limit) {
    return PrismException.because(
            TransactReason.TOO_MANY_TRANSACTIONS,
            who + " its most open transactions (expected: at most " + limit + ")")
        .with("limit", Integer.toString(limit))
        .retryAfter(RETRY_DELAY)
        .build();
  }
}
