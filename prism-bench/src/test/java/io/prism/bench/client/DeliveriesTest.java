package io.prism.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.bench.load.ClosedLoop;
import io.prism.bench.load.WorkNotDone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeliveriesTest {
  private static final ClosedLoop.Limit TWO = new ClosedLoop.Limit(Duration.ofMinutes(1), 2);

  private final Deliveries deliveries = new Deliveries();
  private final List<byte[]> sent = new ArrayList<>();

  @Test
  void anOperationIsDoneWhenItsOwnMessageIsReceivedHoweverOften() throws InterruptedException {
    ClosedLoop loop =
        new ClosedLoop(
            2,
            TWO,
            attempt -> {
              sent.add(deliveries.payload(attempt));
              if (sent.size() == 2) {
                sent.reversed().forEach(payload -> deliveries.received(ByteBuffer.wrap(payload)));
                sent.forEach(payload -> deliveries.received(ByteBuffer.wrap(payload)));
              }
            });

    assertThat(loop.round().items()).isEqualTo(2);
  }

  @Test
  void whatIsUnderWayWhenTheStreamEndsHasFailedAndSoHasWhatComesAfter() {
    ClosedLoop loop =
        new ClosedLoop(
            1,
            TWO,
            attempt -> {
              sent.add(deliveries.payload(attempt));
              deliveries.failed(new IllegalStateException("ended"));
            });

    assertThatThrownBy(loop::round)
        .isInstanceOf(WorkNotDone.class)
        .hasMessageContaining("of 2 operations 2 failed");
  }
}
