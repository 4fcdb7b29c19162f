package io.prism.session;

import io.prism.session.domain.AuditStore;
import io.prism.session.domain.InstanceStore;
import io.prism.session.domain.SessionChanges;
import io.prism.session.domain.SessionLimits;
import io.prism.session.domain.SessionStore;
import io.prism.session.domain.SupportedFeatures;
import io.prism.session.grpc.OwnInstance;
import io.prism.session.token.KeyRing;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Does what has to be done again and again; a failure is tried again the next time. */
final class Housekeeping implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final int BATCH = 1_000;
  private static final Duration RETENTION_INTERVAL = Duration.ofMinutes(1);
  private static final Duration SILENCE_INTERVAL = Duration.ofMillis(500);

  private final SessionServerProperties properties;
  private final SessionLimits limits;
  private final SessionStore sessions;
  private final InstanceStore instances;
  private final AuditStore audit;
  private final SessionChanges changes;
  private final OwnInstance ownInstance;
  private final SupportedFeatures features;
  private final KeyRing keys;
  private @Nullable ScheduledExecutorService scheduler;
  private long uncertainNanos = System.nanoTime();

  Housekeeping(
      SessionServerProperties properties,
      SessionLimits limits,
      SessionStore sessions,
      InstanceStore instances,
      AuditStore audit,
      SessionChanges changes,
      OwnInstance ownInstance,
      SupportedFeatures features,
      KeyRing keys) {
    this.properties = properties;
    this.limits = limits;
    this.sessions = sessions;
    this.instances = instances;
    this.audit = audit;
    this.changes = changes;
    this.ownInstance = ownInstance;
    this.features = features;
    this.keys = keys;
  }

  @Override
  public synchronized void start() {
    ScheduledExecutorService started =
        Executors.newScheduledThreadPool(
            3, Thread.ofPlatform().name("prism-session-housekeeping-", 0).daemon().factory());
    scheduler = started;
    changes.follow(ownInstance);
    every(started, properties.reportInterval(), "reporting", this::report);
    every(started, properties.sweepInterval(), "sweeping", this::sweep);
    every(started, SILENCE_INTERVAL, "watching the changes", changes::checkSilence);
    every(started, properties.keys().refreshInterval(), "looking up keys", keys::refresh);
    every(started, RETENTION_INTERVAL, "deleting what is old", this::deleteOld);
  }

  private static void every(
      ScheduledExecutorService scheduler, Duration interval, String what, Runnable task) {
    ScheduledFuture<?> _ =
        scheduler.scheduleWithFixedDelay(
            () -> attempt(what, task), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
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
    if (running == null) {
      return;
    }
    scheduler = null;
    changes.unfollow(ownInstance);
    running.shutdown();
    attempt("leaving", ownInstance::leave);
  }

  /** Before the server takes calls, until after it has stopped to. */
  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public synchronized boolean isRunning() {
    return scheduler != null;
  }

  private void report() {
    ownInstance.report();
    features.refresh();
  }

  /**
   * After a start or an outage nobody is idle for a while: reports of use may still be on their
   * way.
   */
  private void sweep() {
    if (!changes.isCurrent()) {
      uncertainNanos = System.nanoTime();
      return;
    }
    boolean certain = System.nanoTime() - uncertainNanos > properties.idleGrace().toNanos();
    changes.publish(sessions.sweep(limits, certain, BATCH));
  }

  private void deleteOld() {
    instances.forgetSilent(limits.instanceLimit().multipliedBy(2));
    audit.deleteOlderThan(properties.audit().retention(), 10 * BATCH);
    sessions.deleteDead(properties.sessionRetention(), 10 * BATCH);
  }
}
