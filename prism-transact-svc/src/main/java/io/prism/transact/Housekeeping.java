package io.prism.transact;

import io.prism.starter.error.PrismException;
import io.prism.transact.postgres.Retention;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Deletes what is old again and again; a failure is tried again the next time. */
final class Housekeeping implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

  private final Retention retention;
  private final TransactProperties properties;
  private @Nullable ScheduledExecutorService scheduler;

  Housekeeping(Retention retention, TransactProperties properties) {
    this.retention = retention;
    this.properties = properties;
  }

  @Override
  public synchronized void start() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("prism-transact-housekeeping").daemon().factory());
    scheduler = started;
    Duration interval = properties.mailbox().sweepInterval();
    ScheduledFuture<?> _ =
        started.scheduleWithFixedDelay(
            this::sweep, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    attempt(
        "deleting old messages", () -> retention.deleteMessages(properties.mailbox().retention()));
    attempt(
        "deleting old idempotency records",
        () -> retention.deleteRecords(properties.idempotency().retention()));
  }

  private static void attempt(String what, Runnable task) {
    try {
      task.run();
    } catch (PrismException e) {
      log.warn("{} failed: {}", what, e.description());
    } catch (RuntimeException e) {
      log.error("{} failed", what, e);
    }
  }

  @Override
  public synchronized void stop() {
    ScheduledExecutorService running = scheduler;
    if (running != null) {
      scheduler = null;
      running.shutdown();
    }
  }

  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public synchronized boolean isRunning() {
    return scheduler != null;
  }
}
