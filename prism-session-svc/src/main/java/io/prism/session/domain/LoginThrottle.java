package io.prism.session.domain;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Slows down the answers to wrong credentials, the longer the more there were from the same peer or
 * for the same key. Memory and waiting calls are bounded.
 *
 * <p>Only refusals wait: whoever shows the right secret is not held up by somebody else's guesses.
 */
public final class LoginThrottle {

  /**
   * When and how much failures are slowed down.
   *
   * @param freeFailures failures that are answered at once
   * @param firstDelay delay of the next one; doubles with each further
   * @param maxDelay where the doubling ends
   * @param forgetAfter time without a failure after which counting starts anew
   * @param maxCounted most peers and keys that are counted; the longest unseen is forgotten
   * @param maxWaiting most refusals held back at once; more are answered at once with
   *     RESOURCE_EXHAUSTED
   */
  public record Limits(
      int freeFailures,
      Duration firstDelay,
      Duration maxDelay,
      Duration forgetAfter,
      int maxCounted,
      int maxWaiting) {}

  private final Limits limits;
  private final Cache<String, Integer> failures;
  private final Semaphore waiting;

  public LoginThrottle(Limits limits, Ticker ticker) {
    this.limits = limits;
    this.failures =
        Caffeine.newBuilder()
            .maximumSize(limits.maxCounted())
            .expireAfterWrite(limits.forgetAfter())
            .ticker(ticker)
            .build();
    this.waiting = new Semaphore(limits.maxWaiting());
  }

  /** Counts a failure; returns how long its answer has to wait. */
  public Duration count(String claimed, String peer) {
    return List.of("key " + claimed, "peer " + peer).stream()
        .map(subject -> failures.asMap().merge(subject, 1, Integer::sum))
        .map(this::delay)
        .max(Duration::compareTo)
        .orElseThrow();
  }

  /**
   * Holds the current thread back.
   *
   * @throws PrismException TOO_MANY_FAILED_LOGINS when too many are held back already
   */
  public void holdBack(Duration delay) {
    if (delay.isZero()) {
      return;
    }
    if (!waiting.tryAcquire()) {
      throw PrismException.because(
              SessionReason.TOO_MANY_FAILED_LOGINS, "too many wrong credentials at once")
          .retryAfter(limits.maxDelay())
          .build();
    }
    try {
      long end = System.nanoTime() + delay.toNanos();
      while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
    } finally {
      waiting.release();
    }
  }

  private Duration delay(int count) {
    int beyond = count - limits.freeFailures();
    if (beyond <= 0) {
      return Duration.ZERO;
    }
    Duration delay = limits.firstDelay().multipliedBy(1L << Math.min(beyond - 1, 20));
    return delay.compareTo(limits.maxDelay()) > 0 ? limits.maxDelay() : delay;
  }
}
