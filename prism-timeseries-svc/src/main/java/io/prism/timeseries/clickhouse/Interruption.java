package io.prism.timeseries.clickhouse;

import io.grpc.Context;

/**
 * Lets a thread that waits for ClickHouse go on when the call ends that it waits for: the wait
 * fails, its connection is closed, and ClickHouse ends the statement.
 */
final class Interruption implements Context.CancellationListener, AutoCloseable {

  private final Context call = Context.current();
  private final Thread waiting = Thread.currentThread();
  private boolean over;

  Interruption() {
    call.addListener(this, Runnable::run);
  }

  @Override
  public synchronized void cancelled(Context ended) {
    if (!over) {
      waiting.interrupt();
    }
  }

  /** Whoever interrupts the thread afterwards is somebody else. */
  @Override
  public void close() {
    call.removeListener(this);
    synchronized (this) {
      over = true;
    }
    if (call.isCancelled()) {
      Thread.interrupted();
    }
  }
}
