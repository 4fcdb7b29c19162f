package io.prism.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TallyTest {
  private final Tally tally = new Tally(() -> 0);

  @Test
  void anOperationWithoutAnAnswerIsNotDone() {
    tally.attempt(0, () -> {}).succeeded();
    tally.attempt(0, () -> {});

    assertThatThrownBy(() -> tally.result(1))
        .isInstanceOf(WorkNotDone.class)
        .hasMessage("of 2 operations 0 failed and 1 had no answer, expected none");
  }

  @Test
  void nothingDoneIsNoFigure() {
    assertThatThrownBy(() -> tally.result(1)).isInstanceOf(WorkNotDone.class);
  }

  @Test
  void theFirstEndOfAnAttemptCounts() {
    Attempt attempt = tally.attempt(0, () -> {});
    attempt.succeeded();
    attempt.failed(new IllegalStateException());
    attempt.succeeded();

    assertThat(tally.result(1).items()).isEqualTo(1);
  }
}
