package io.prism.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ClosedLoopTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void keepsAsManyInFlightAsItIsAskedToAndNeverMore() throws InterruptedException {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (ExecutorService system = Executors.newSingleThreadExecutor()) {
      Measurement measured =
          new ClosedLoop(
                  8,
                  new ClosedLoop.Limit(LONG, 10_000),
                  attempt -> {
                    most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                    system.execute(
                        () -> {
                          inFlight.decrementAndGet();
                          attempt.succeeded();
                        });
                  })
              .round();

      assertThat(measured.items()).isEqualTo(10_000);
      assertThat(most.get()).isEqualTo(8);
    }
  }

  @Test
  void doesNotNestOperationsThatEndAtOnce() throws InterruptedException {
    Measurement measured =
        new ClosedLoop(1, new ClosedLoop.Limit(LONG, 1_000_000), Attempt::succeeded).round();

    assertThat(measured.items()).isEqualTo(1_000_000);
  }

  @Test
  void endsWhenItsTimeIsOver() throws InterruptedException {
    Duration time = Duration.ofMillis(50);

    Measurement measured =
        new ClosedLoop(2, new ClosedLoop.Limit(time, Long.MAX_VALUE), Attempt::succeeded).round();

    assertThat(measured.items()).isPositive();
    assertThat(measured.nanos()).isLessThan(LONG.toNanos());
  }

  @Test
  void countsTheItemsOfItsOperations() throws InterruptedException {
    Measurement measured =
        new ClosedLoop(
                4, 500, new ClosedLoop.Limit(LONG, 10_000), Runnable::run, Attempt::succeeded)
            .round();

    assertThat(measured.items()).isEqualTo(10_000);
  }

  @Test
  void yieldsNoFigureWhenAnythingFailed() {
    AtomicInteger made = new AtomicInteger();
    ClosedLoop loop =
        new ClosedLoop(
            4,
            new ClosedLoop.Limit(LONG, 100),
            attempt -> {
              if (made.incrementAndGet() % 10 == 0) {
                attempt.failed(new IllegalStateException("refused " + made.get()));
              } else {
                attempt.succeeded();
              }
            });

    assertThatThrownBy(loop::round)
        .isInstanceOf(WorkNotDone.class)
        .hasMessage(
            "of 100 operations 10 failed and 0 had no answer, expected none, the first failure:"
                + " java.lang.IllegalStateException: refused 10");
  }
}
