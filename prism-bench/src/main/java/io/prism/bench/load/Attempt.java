package io.prism.bench.load;

import java.util.concurrent.atomic.AtomicBoolean;

/** One operation under way. Its first end counts, any further one is ignored. */
public final class Attempt {
  private final Tally tally;
  private final long intendedNanos;
  private final Runnable afterwards;
  private final AtomicBoolean ended = new AtomicBoolean();

  Attempt(Tally tally, long intendedNanos, Runnable afterwards) {
    this.tally = tally;
    this.intendedNanos = intendedNanos;
    this.afterwards = afterwards;
  }

  /** The work is done. */
  public void succeeded() {
    if (ended.compareAndSet(false, true)) {
      tally.succeeded(intendedNanos);
      afterwards.run();
    }
  }

  /** The work, or a part of it, will not be done. */
  public void failed(Throwable failure) {
    if (ended.compareAndSet(false, true)) {
      tally.failed(failure);
      afterwards.run();
    }
  }

  void start(Operation operation) {
    try {
      operation.start(this);
    } catch (RuntimeException e) {
      failed(e);
    }
  }
}
