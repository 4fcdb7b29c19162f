package io.prism.starter.backend;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Context;
import io.grpc.Deadline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands around every call to one store: measures it, bounds its time, and answers UNAVAILABLE at
 * once while the store is known to be down.
 *
 * <p>Only outages count against the store; a failure that the store's client reports about the
 * request itself passes through unchanged, for the adapter to translate.
 */
public final class BackendGuard {

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private enum Outcome {
    OK,
    REFUSED,
    UNAVAILABLE,
    DEADLINE
  }

  private record Measured(String operation, Outcome outcome) {}

  private final String name;
  private final CircuitBreaker breaker;
  private final MeterRegistry meters;
  private final Predicate<Throwable> isOutage;

  /** Bounded by the operations in the code; the registry's own look-up costs many times more. */
  private final ConcurrentMap<Measured, Timer> timers = new ConcurrentHashMap<>();

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
   * @throws PrismException BACKEND_UNAVAILABLE in an outage; DEADLINE_EXCEEDED when it is the
   *     client's deadline that ran out
   */
  public <T> T call(String operation, Callable<T> work) {
    Attempt attempt = begin(operation);
    try {
      T result = work.call();
      attempt.succeeded();
      return result;
    } catch (Throwable e) {
      throw attempt.failed(e);
    }
  }

  /**
   * Runs a call that completes later. The result fails with BACKEND_UNAVAILABLE in an outage or
   * after {@code limit}, and with DEADLINE_EXCEEDED when it is the client's deadline that ran out.
   */
  public <T> CompletableFuture<T> callAsync(
      String operation, Duration limit, Supplier<? extends CompletionStage<T>> work) {
    // A copy, since giving up must not complete a future that belongs to the store's client.
    return callAsync(
        operation,
        () ->
            work.get()
                .toCompletableFuture()
                .copy()
                .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS));
  }

  /**
   * The same without a limit, for a call that the store's client surely completes in time by
   * itself: a timer of our own would be a good part of the price of a short call.
   */
  public <T> CompletableFuture<T> callAsync(
      String operation, Supplier<? extends CompletionStage<T>> work) {
    Attempt attempt;
    try {
      attempt = begin(operation);
    } catch (PrismException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletionStage<T> running;
    try {
      running = work.get();
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(attempt.failed(e));
    }
    return running
        .toCompletableFuture()
        .handle(
            (result, failure) -> {
              if (failure == null) {
                attempt.succeeded();
                return result;
              }
              throw attempt.failed(failure);
            });
  }

  private Attempt begin(String operation) {
    try {
      breaker.acquirePermission();
    } catch (CallNotPermittedException e) {
      throw unavailable(null);
    }
    return new Attempt(operation);
  }

  /** One permitted call; every way out gives its permission back to the breaker. */
  private final class Attempt {

    private final String operation;
    private final @Nullable Deadline deadline = Context.current().getDeadline();
    private final long start = System.nanoTime();

    Attempt(String operation) {
      this.operation = operation;
    }

    void succeeded() {
      long took = System.nanoTime() - start;
      breaker.onSuccess(took, TimeUnit.NANOSECONDS);
      record(Outcome.OK, took);
    }

    RuntimeException failed(Throwable failure) {
      long took = System.nanoTime() - start;
      Throwable cause = unwrapped(failure);
      if (cause instanceof Error error) {
        breaker.releasePermission();
        record(Outcome.REFUSED, took);
        throw error;
      }
      if (cause instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (cause instanceof TimeoutException || isOutage.test(cause)) {
        // A client that is in a hurry says nothing about the store.
        if (deadline != null && deadline.isExpired()) {
          breaker.releasePermission();
          record(Outcome.DEADLINE, took);
          return PrismException.because(
                  CallReason.DEADLINE_EXCEEDED, "the call's deadline has passed")
              .build();
        }
        breaker.onError(took, TimeUnit.NANOSECONDS, cause);
        record(Outcome.UNAVAILABLE, took);
        return unavailable(cause);
      }
      breaker.onSuccess(took, TimeUnit.NANOSECONDS);
      record(Outcome.REFUSED, took);
      return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }

    private void record(Outcome outcome, long nanos) {
      timers
          .computeIfAbsent(new Measured(operation, outcome), BackendGuard.this::timer)
          .record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private Timer timer(Measured measured) {
    return meters.timer(
        "prism.backend.calls",
        "backend",
        name,
        "operation",
        measured.operation(),
        "outcome",
        measured.outcome().name().toLowerCase(Locale.ROOT));
  }

  private static PrismException unavailable(@Nullable Throwable cause) {
    return PrismException.because(
            CallReason.BACKEND_UNAVAILABLE, "the store behind this service cannot be reached now")
        .retryAfter(RETRY_DELAY)
        .cause(cause)
        .build();
  }
}
