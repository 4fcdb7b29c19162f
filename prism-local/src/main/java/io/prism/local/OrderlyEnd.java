package io.prism.local;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Lets a run unwind in its own thread when the process is asked to end, and waits for it. */
public final class OrderlyEnd {

  private OrderlyEnd() {}

  /**
   * What the run returns; it is interrupted when the process is asked to end.
   *
   * @param program who says that it could not be stopped in time
   * @param limit how long the end may take; more than all bounded stops together
   */
  public static int of(String program, Duration limit, IntSupplier run) {
    Thread running = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  running.interrupt();
                  awaitBounded(program, limit, ended);
                },
                "stop"));
    try {
      return run.getAsInt();
    } finally {
      ended.countDown();
    }
  }

  private static void awaitBounded(String program, Duration limit, CountDownLatch ended) {
    try {
      if (!ended.await(limit.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println(program + ": not stopped after " + limit.toSeconds() + " s, giving up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
