package io.prism.bench.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.bench.load.WorkNotDone;
import org.junit.jupiter.api.Test;

final class ReadingTest {
  private final Reading reading = new Reading(3);

  @Test
  void isDoneWithTheLastMessage() throws InterruptedException {
    reading.received(0, 0);
    reading.received(5, 0);
    assertThat(reading.isDone()).isFalse();
    reading.received(0, 1);

    assertThat(reading.isDone()).isTrue();
    assertThat(reading.await().items()).isEqualTo(3);
  }

  @Test
  void failsWhenAMessageIsLostAlthoughAsManyHaveCome() {
    reading.received(0, 0);
    reading.received(0, 2);
    reading.received(0, 3);

    assertThatThrownBy(reading::await)
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("partition 0 continues at offset 2, expected 1");
  }

  @Test
  void failsWhenAMessageComesTwice() {
    reading.received(0, 0);
    reading.received(0, 0);
    reading.received(0, 1);

    assertThatThrownBy(reading::await)
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("partition 0 continues at offset 0, expected 1");
  }

  @Test
  void failsWhenTheStreamEndsBefore() {
    reading.received(0, 0);
    reading.failed(new IllegalStateException("ended"));

    assertThatThrownBy(reading::await)
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("1 of 3 messages are read")
        .hasMessageContaining("ended");
  }
}
