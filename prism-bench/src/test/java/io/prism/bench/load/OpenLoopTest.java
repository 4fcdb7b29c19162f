package io.prism.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class OpenLoopTest {
  private static final Offset<Double> THREE_DIGITS = within(0.5);

  private final Clock clock = new Clock();

  @Test
  void startsEachOperationWhenItIsDue() throws InterruptedException {
    List<Long> starts = new ArrayList<>();

    Measurement measured =
        loop(
                100,
                Duration.ofMillis(50),
                attempt -> {
                  starts.add(clock.nanoTime() / 1_000_000);
                  attempt.succeeded();
                })
            .round();

    assertThat(starts).containsExactly(0L, 10L, 20L, 30L, 40L);
    assertThat(measured.items()).isEqualTo(5);
    assertThat(measured.latencyMillis(100)).isZero();
  }

  @Test
  void countsTheStallForAllThatWereDueMeanwhile() throws InterruptedException {
    Measurement measured =
        loop(
                1000,
                Duration.ofSeconds(1),
                attempt -> {
                  if (clock.nanoTime() == 0) {
                    clock.advance(Duration.ofMillis(500));
                  }
                  attempt.succeeded();
                })
            .round();

    // Only one call took long, and half of all would have been made while it did.
    assertThat(measured.items()).isEqualTo(1000);
    assertThat(measured.latencyMillis(100)).isCloseTo(500, THREE_DIGITS);
    assertThat(measured.latencyMillis(75)).isCloseTo(250, THREE_DIGITS);
    assertThat(measured.latencyMillis(50)).isCloseTo(0, within(1.5));
  }

  @Test
  void countsFromTheMomentThatWasIntendedToTheEnd() throws InterruptedException {
    List<Attempt> underWay = new ArrayList<>();

    Measurement measured =
        loop(
                10,
                Duration.ofMillis(200),
                attempt -> {
                  underWay.add(attempt);
                  if (underWay.size() == 2) {
                    underWay.forEach(Attempt::succeeded);
                  }
                })
            .round();

    assertThat(measured.latencyMillis(100)).isCloseTo(100, THREE_DIGITS);
    assertThat(measured.latencyMillis(50)).isZero();
  }

  @Test
  void goesOnAfterAFailureAndYieldsNoFigure() {
    List<Attempt> made = new ArrayList<>();
    OpenLoop loop =
        loop(
            10,
            Duration.ofSeconds(1),
            attempt -> {
              made.add(attempt);
              if (made.size() == 3) {
                throw new IllegalStateException("refused");
              }
              attempt.succeeded();
            });

    assertThatThrownBy(loop::round)
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("of 10 operations 1 failed")
        .hasMessageContaining("refused");
    assertThat(made).hasSize(10);
  }

  @Test
  void itsWarmUpDoesNotWaitForWhatIsDue() throws InterruptedException {
    Measurement measured = loop(1, Duration.ofMillis(50), Attempt::succeeded).warmUp().round();

    assertThat(measured.items()).isGreaterThan(10);
  }

  private OpenLoop loop(int perSecond, Duration time, Operation operation) {
    return new OpenLoop(perSecond, time, clock, operation);
  }

  /** Time that passes only while somebody waits for it. */
  private static final class Clock implements Pace {
    private long now;

    void advance(Duration time) {
      now += time.toNanos();
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void awaitNanos(long due) {
      now = Math.max(now, due);
    }
  }
}
