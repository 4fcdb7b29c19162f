package io.prism.transact;

import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.List;
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

  /**
   * What is done again and again.
   *
   * @param name for the log
   */
  record Task(String name, Runnable work) {}

  private final Duration interval;
  private final List<Task> tasks;
  private @Nullable ScheduledExecutorService scheduler;

  Housekeeping(Duration interval, List<Task> tasks) {
    this.interval = interval;
    this.tasks = List.copyOf(tasks);
  }

  @Override
  public synchronized void start() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("prism-transact-housekeeping").daemon().factory());
    scheduler = started;
    ScheduledFuture<?> _ =
        started.scheduleWithFixedDelay(
            () -> tasks.forEach(Housekeeping::attempt),
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static void attempt(Task task) {
    try {
      task.work().run();
    } catch (PrismException e) {
      log.warn("{} failed: {}", task.name(), e.description());
    } catch (RuntimeException e) {
      log.error("{} failed", task.name(), e);
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
