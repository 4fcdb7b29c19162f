package io.prism.transact.postgres;

import io.prism.transact.domain.TimeLimit;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often a transaction is tried, and how long the pauses between are: they double, and are
 * random so that those who met once do not meet again.
 *
 * @param maxAttempts the first one included
 * @param first longest first pause
 * @param longest longest pause of all
 */
public record Backoff(int maxAttempts, Duration first, Duration longest) {

  private static final int MAX_DOUBLINGS = 20;

  /** Pauses after an attempt; false when there is to be no further one. */
  boolean pause(int attempt, TimeLimit limit) {
    if (attempt >= maxAttempts) {
      return false;
    }
    long bound =
        Math.min(longest.toNanos(), first.toNanos() << Math.min(attempt - 1, MAX_DOUBLINGS));
    Duration pause = Duration.ofNanos(1 + ThreadLocalRandom.current().nextLong(bound));
    if (pause.compareTo(limit.remaining()) >= 0) {
      return false;
    }
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
