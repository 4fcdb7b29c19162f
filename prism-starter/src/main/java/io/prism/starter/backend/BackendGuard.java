package io.prism.starter.backend;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Stands around every call to one store: measures it, bounds its time, and answers UNAVAILABLE at
 * once while the store is known to be down.
 *
 * <p>Only outages count against the store; a failure that the store's client reports about the
 * request itself passes through unchanged, for the adapter to translate.
 */
public final class BackendGuard {

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final String name;
  private final CircuitBreaker breaker;
  private final MeterRegistry meters;
  private final Predicate<Throwable> isOutage;

  /**
   * @param name the store, for metrics and messages: {@code kafka}, {@code postgresql}
   * @param isOutage whether a failure says that the store is down or out of reach
   */
  public BackendGuard(
      String name, CircuitBreaker breaker, MeterRegistry meters, Predicate<Throwable> isOutage) {
    this.name = name;
    this.breaker = breaker;
    this.meters = meters;
    this.isOutage = isOutage;
  }

  /**
   * Runs a call that blocks; the store's client must have a time limit of its own.
   *
   * @throws PrismException BACKEND_UNAVAILABLE in an outage
   */
  public <T> T call(String operation, Callable<T> work) {
    long start = begin();
    try {
      T result = work.call();
      succeeded(operation, start);
      return result;
    } catch (Exception e) {
      throw failed(operation, start, e);
    }
  }

  /**
   * Runs a call that completes later. The result fails with BACKEND_UNAVAILABLE in an outage or
   * after {@code limit}.
   */
  public <T> CompletableFuture<T> callAsync(
      String operation, Duration limit, Supplier<? extends CompletionStage<T>> work) {
    long start;
    CompletableFuture<T> running;
    try {
      start = begin();
    } catch (PrismException e) {
      return CompletableFuture.failedFuture(e);
    }
    try {
      running = work.get().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(failed(operation, start, e));
    }
    return running
        .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
        .handle(
            (result, failure) -> {
              if (failure == null) {
                succeeded(operation, start);
                return result;
              }
              throw failed(operation, start, failure);
            });
  }

  private long begin() {
    try {
      breaker.acquirePermission();
    } catch (CallNotPermittedException e) {
      throw unavailable(null);
    }
    return System.nanoTime();
  }

  private void succeeded(String operation, long start) {
    long took = System.nanoTime() - start;
    breaker.onSuccess(took, TimeUnit.NANOSECONDS);
    timer(operation, "ok").record(took, TimeUnit.NANOSECONDS);
  }

  private RuntimeException failed(String operation, long start, Throwable failure) {
    long took = System.nanoTime() - start;
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof TimeoutException || isOutage.test(cause)) {
      breaker.onError(took, TimeUnit.NANOSECONDS, cause);
      timer(operation, "unavailable").record(took, TimeUnit.NANOSECONDS);
      return unavailable(cause);
    }
    breaker.onSuccess(took, TimeUnit.NANOSECONDS);
    timer(operation, "refused").record(took, TimeUnit.NANOSECONDS);
    return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
  }

  private Timer timer(String operation, String outcome) {
    return meters.timer(
        "prism.backend.calls", "backend", name, "operation", operation, "outcome", outcome);
  }

  private PrismException unavailable(@org.jspecify.annotations.Nullable Throwable cause) {
    return PrismException.because(
            CallReason.BACKEND_UNAVAILABLE, "the store behind this service cannot be reached now")
        .retryAfter(RETRY_DELAY)
        .cause(cause)
        .build();
  }
}
