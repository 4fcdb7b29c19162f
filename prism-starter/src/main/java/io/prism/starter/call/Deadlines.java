package io.prism.starter.call;

import io.grpc.Context;
import io.grpc.Deadline;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time that a call has left, to be handed on as the time limit of what it waits for. */
public final class Deadlines {

  private Deadlines() {}

  /**
   * The smaller of the client's deadline and {@code limit}, from now; positive.
   *
   * @throws PrismException DEADLINE_EXCEEDED when the client's deadline has passed
   */
  public static Duration remaining(Duration limit) {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return limit;
    }
    long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
    if (left <= 0) {
      throw PrismException.of(CallReason.DEADLINE_EXCEEDED, "the call's deadline has passed");
    }
    return left < limit.toNanos() ? Duration.ofNanos(left) : limit;
  }
}
