package io.prism.session.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LoginThrottleTest {

  private final AtomicLong nanos = new AtomicLong();

  private LoginThrottle throttle(int maxWaiting) {
    return new LoginThrottle(
        new LoginThrottle.Limits(
            2,
            Duration.ofMillis(100),
            Duration.ofMillis(300),
            Duration.ofMinutes(10),
            1_000,
            maxWaiting),
        nanos::get);
  }

  @Test
  void failuresAreSlowedDownPerKeyMoreAndMoreUpToABound() {
    LoginThrottle throttle = throttle(1);
    assertThat(throttle.count("key", "peer-1")).isZero();
    assertThat(throttle.count("key", "peer-2")).isZero();
    assertThat(throttle.count("key", "peer-3")).isEqualTo(Duration.ofMillis(100));
    assertThat(throttle.count("key", "peer-4")).isEqualTo(Duration.ofMillis(200));
    assertThat(throttle.count("key", "peer-5")).isEqualTo(Duration.ofMillis(300));
    assertThat(throttle.count("other", "peer-6")).isZero();
  }

  @Test
  void failuresAreSlowedDownPerPeer() {
    LoginThrottle throttle = throttle(1);
    throttle.count("a", "peer");
    throttle.count("b", "peer");
    assertThat(throttle.count("c", "peer")).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void countingStartsAnewAfterAWhile() {
    LoginThrottle throttle = throttle(1);
    for (int i = 0; i < 10; i++) {
      throttle.count("key", "peer");
    }
    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    assertThat(throttle.count("key", "peer")).isZero();
  }

  @Test
  void onlySoManyAnswersAreHeldBack() throws InterruptedException {
    LoginThrottle throttle = throttle(1);
    Thread held = Thread.ofVirtual().start(() -> throttle.holdBack(Duration.ofSeconds(30)));
    try {
      Await.until("one waits", () -> held.getState() == Thread.State.TIMED_WAITING);
      assertThatThrownBy(() -> throttle.holdBack(Duration.ofMillis(1)))
          .isInstanceOfSatisfying(
              PrismException.class,
              e -> assertThat(e.reason()).isEqualTo(SessionReason.TOO_MANY_FAILED_LOGINS));
    } finally {
      held.interrupt();
      held.join();
    }
    throttle.holdBack(Duration.ofMillis(1));
  }
}
