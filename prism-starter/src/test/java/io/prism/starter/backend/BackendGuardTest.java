package io.prism.starter.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Context;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BackendGuardTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BackendGuard guard = guardOpenFor(Duration.ofMinutes(10), meters);

  private static BackendGuard guardOpenFor(Duration openFor) {
    return guardOpenFor(openFor, new SimpleMeterRegistry());
  }

  private static BackendGuard guardOpenFor(Duration openFor, SimpleMeterRegistry meters) {
    BackendProperties properties =
        new BackendProperties(50, 10, openFor, Duration.ofSeconds(2), Duration.ofSeconds(3));
    return new BackendGuards(properties, meters).guard("store", IOException.class::isInstance);
  }

  @Test
  void whatTheStoreAnswersPassesThrough() {
    assertThat(guard.call("get", () -> "value")).isEqualTo("value");
    assertThat(guard.callAsync("get", SOON, () -> CompletableFuture.completedFuture("value")))
        .isCompletedWithValue("value");
    assertThat(count("get", "ok")).isEqualTo(2);
  }

  @Test
  void anOutageIsBackendUnavailableWithRetryInfo() {
    IOException outage = new IOException("db-host-17 refused");
    PrismException failure =
        catchThrowableOfType(PrismException.class, () -> guard.call("get", () -> fail(outage)));
    assertThat(failure.reason()).isEqualTo(CallReason.BACKEND_UNAVAILABLE);
    assertThat(failure.retryDelay()).isPresent();
    assertThat(failure.description()).doesNotContain("db-host-17");
    assertThat(failure).hasCause(outage);
    assertThat(count("get", "unavailable")).isEqualTo(1);
  }

  @Test
  void anOutageReportedByAFutureIsFoundThroughItsWrappers() {
    CompletableFuture<String> failed =
        CompletableFuture.failedFuture(new CompletionException(new IOException("down")));
    assertThat(reasonOf(guard.callAsync("get", SOON, () -> failed)))
        .isEqualTo(CallReason.BACKEND_UNAVAILABLE);
  }

  @Test
  void theCircuitOpensAndRefusesWithoutAskingTheStore() {
    breakCircuit(guard);
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(() -> guard.call("get", asked::incrementAndGet))
        .isInstanceOf(PrismException.class);
    assertThat(
            reasonOf(
                guard.callAsync(
                    "get", SOON, () -> CompletableFuture.completedFuture(asked.incrementAndGet()))))
        .isEqualTo(CallReason.BACKEND_UNAVAILABLE);
    assertThat(asked).hasValue(0);
    assertThat(
            meters
                .get("resilience4j.circuitbreaker.state")
                .tags("name", "store", "state", "open")
                .gauge()
                .value())
        .isEqualTo(1);
  }

  @Test
  void anOpenCircuitTriesAgainAndClosesWhenTheStoreIsBack() {
    BackendGuard brief = guardOpenFor(Duration.ofMillis(50));
    breakCircuit(brief);
    Await.until("half-open circuit lets a call through", () -> succeeds(brief));
    for (int i = 0; i < 20; i++) {
      assertThat(brief.call("get", () -> 1)).isEqualTo(1);
    }
  }

  @Test
  void aHalfOpenCircuitOpensAgainWhenTheStoreIsStillDown() {
    BackendGuard brief = guardOpenFor(Duration.ofMillis(50));
    breakCircuit(brief);
    AtomicInteger asked = new AtomicInteger();
    Await.until(
        "five trial calls",
        () -> {
          try {
            brief.call(
                "get",
                () -> {
                  asked.incrementAndGet();
                  throw new IOException("down");
                });
          } catch (PrismException e) {
            // Expected.
          }
          return asked.get() >= 5;
        });
    int before = asked.get();
    assertThatThrownBy(() -> brief.call("get", asked::incrementAndGet))
        .isInstanceOf(PrismException.class);
    assertThat(asked).hasValue(before);
  }

  @Test
  void failuresThatTheStoreReportsAboutTheRequestDoNotCountAndPassUnchanged() {
    IllegalStateException refusal = new IllegalStateException("no such table");
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> guard.call("get", () -> fail(refusal))).isSameAs(refusal);
    }
    SQLException checked = new SQLException("syntax");
    assertThatThrownBy(() -> guard.call("get", () -> fail(checked))).hasCause(checked);
    assertThat(guard.call("get", () -> "still closed")).isEqualTo("still closed");
    assertThat(count("get", "refused")).isEqualTo(51);
  }

  @Test
  void aCallThatTakesLongerThanItsLimitIsAnOutageAndTheStoresFutureIsLeftAlone() {
    CompletableFuture<String> never = new CompletableFuture<>();
    assertThat(reasonOf(guard.callAsync("get", Duration.ofMillis(10), () -> never)))
        .isEqualTo(CallReason.BACKEND_UNAVAILABLE);
    assertThat(never).isNotDone();
  }

  @Test
  void deadlinesOfHurriedClientsDoNotOpenTheCircuit() throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (Context.CancellableContext hurried =
        Context.current().withDeadlineAfter(1, TimeUnit.MILLISECONDS, timer)) {
      for (int i = 0; i < 20; i++) {
        CompletableFuture<String> late =
            hurried.call(
                () -> guard.callAsync("get", Duration.ofMillis(5), CompletableFuture::new));
        assertThat(reasonOf(late)).isEqualTo(CallReason.DEADLINE_EXCEEDED);
      }
    } finally {
      timer.shutdownNow();
    }
    assertThat(guard.call("get", () -> "still closed")).isEqualTo("still closed");
  }

  @Test
  void anErrorDoesNotUseUpTheTrialCallsOfAHalfOpenCircuit() {
    BackendGuard brief = guardOpenFor(Duration.ofMillis(50));
    breakCircuit(brief);
    AtomicInteger errors = new AtomicInteger();
    Await.until(
        "ten errors in the half-open circuit",
        () -> {
          try {
            brief.call("get", () -> fail(new AssertionError("ours")));
          } catch (PrismException e) {
            // Still open.
          } catch (AssertionError e) {
            errors.incrementAndGet();
          }
          return errors.get() == 10;
        });
    assertThat(brief.call("get", () -> "through")).isEqualTo("through");
  }

  private static boolean succeeds(BackendGuard guard) {
    try {
      guard.call("get", () -> 1);
      return true;
    } catch (PrismException e) {
      return false;
    }
  }

  private static void breakCircuit(BackendGuard guard) {
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> guard.call("get", () -> fail(new IOException("down"))))
          .isInstanceOf(PrismException.class);
    }
  }

  private static String fail(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  private static Object reasonOf(CompletableFuture<?> future) {
    CompletionException failure = catchThrowableOfType(CompletionException.class, future::join);
    if (failure.getCause() instanceof PrismException prism) {
      return prism.reason();
    }
    throw new AssertionError(failure);
  }

  private long count(String operation, String outcome) {
    return meters
        .get("prism.backend.calls")
        .tags("backend", "store", "operation", operation, "outcome", outcome)
        .timer()
        .count();
  }
}
