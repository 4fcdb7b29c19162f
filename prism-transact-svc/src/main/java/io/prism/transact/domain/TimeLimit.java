package io.prism.transact.domain;

import io.prism.starter.error.PrismException;
import java.time.Duration;

/** When a transaction must be over, whatever it waits for. */
public final class TimeLimit {

  private final Duration limit;
  private final long endNanos;

  private TimeLimit(Duration limit) {
    this.limit = limit;
    this.endNanos = System.nanoTime() + limit.toNanos();
  }

  /** A limit that begins now. */
  public static TimeLimit of(Duration limit) {
    return new TimeLimit(limit);
  }

  /** What is left; not positive when it is over. */
  public Duration remaining() {
    return Duration.ofNanos(endNanos - System.nanoTime());
  }

  public boolean isOver() {
    return endNanos - System.nanoTime() <= 0;
  }

  /**
   * Returns while there is time left.
   *
   * @throws PrismException TRANSACTION_TIMEOUT
   */
  public void check() {
    if (isOver()) {
      throw exceeded();
    }
  }

  /** What a client is told when it is over. */
  public PrismException exceeded() {
    return PrismException.of(
        TransactReason.TRANSACTION_TIMEOUT,
        "not done within " + limit.toMillis() + " ms; nothing was written");
  }
}
