package io.prism.timeseries.domain;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings rollups up to date and drops what is expired. How soon decides only how fast aggregates
 * are: one that is behind is not used.
 */
public final class Upkeep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration STEP = Duration.ofMillis(250);
  private static final Duration WARN_INTERVAL = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** More than these are found again by asking the store. */
  private static final int MAX_REMEMBERED = 100_000;

  private static final int MAX_AT_ONCE = 120;
  private static final int MAX_FOUND = 10_000;

  private final EventStore store;
  private final RollupTimes times;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<StaleMinute, Touched> minutes = new HashMap<>();
  private final Thread thread;

  // Of the thread alone.
  private int atOnce = MAX_AT_ONCE;
  private long warnAt;

  private record Touched(long first, long last) {}

  public Upkeep(EventStore store, RollupTimes times, Clock clock) {
    this.store = store;
    this.times = times;
    this.clock = clock;
    this.warnAt = System.nanoTime();
    this.thread = Thread.ofPlatform().daemon().name("prism-timeseries-upkeep").start(this::run);
  }

  /** Events were stored, so that the rollups of their minutes are behind. */
  public void touched(Collection<StoredEvent> events) {
    Set<StaleMinute> found = new HashSet<>();
    StaleMinute last = null;
    for (StoredEvent event : events) {
      long start = Resolution.MINUTE.floor(event.key().timestamp());
      if (last == null
          || last.start() != start
          || !last.namespace().equals(event.scope().namespace())) {
        last = new StaleMinute(event.scope().namespace(), start);
        found.add(last);
      }
    }
    remember(found);
  }

  private void remember(Collection<StaleMinute> found) {
    long now = System.nanoTime();
    lock.lock();
    try {
      for (StaleMinute minute : found) {
        Touched before = minutes.get(minute);
        if (before != null || minutes.size() < MAX_REMEMBERED) {
          minutes.put(minute, new Touched(before == null ? now : before.first(), now));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Minutes whose rollups are known to be behind. */
  public int behind() {
    lock.lock();
    try {
      return minutes.size();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long scanAt = System.nanoTime();
    long expireAt = scanAt;
    try {
      while (true) {
        if (System.nanoTime() >= scanAt) {
          scanAt = next(times.scan(), attempt(this::scan));
        }
        if (System.nanoTime() >= expireAt) {
          expireAt = next(times.expire(), attempt(() -> store.expire(Retention.today(clock))));
        }
        rollUpDue();
        TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long next(Duration interval, boolean done) {
    Duration pause = done || interval.compareTo(RETRY) < 0 ? interval : RETRY;
    return System.nanoTime() + pause.toNanos();
  }

  private void scan() {
    remember(store.staleMinutes(MAX_FOUND));
  }

  /** What cannot be rolled up waits as if events had just come, and keeps nothing else waiting. */
  private void rollUpDue() throws InterruptedException {
    for (Map.Entry<String, List<StaleMinute>> due : due().entrySet()) {
      List<StaleMinute> all = due.getValue();
      int next = 0;
      while (next < all.size()) {
        List<StaleMinute> some = all.subList(next, Math.min(all.size(), next + atOnce));
        next += some.size();
        if (attempt(() -> rollUp(due.getKey(), some))) {
          atOnce = Math.min(MAX_AT_ONCE, 2 * atOnce);
        } else {
          // So that a minute that fails each time soon fails alone.
          atOnce = Math.max(1, atOnce / 4);
          postpone(some);
        }
      }
    }
  }

  private void postpone(List<StaleMinute> some) {
    long now = System.nanoTime();
    lock.lock();
    try {
      some.forEach(minute -> minutes.replace(minute, new Touched(now, now)));
    } finally {
      lock.unlock();
    }
  }

  private Map<String, List<StaleMinute>> due() {
    long now = System.nanoTime();
    Map<String, List<StaleMinute>> due = new TreeMap<>();
    lock.lock();
    try {
      minutes.forEach(
          (minute, touched) -> {
            if (now - touched.last() >= times.settle().toNanos()
                || now - touched.first() >= times.atLatest().toNanos()) {
              due.computeIfAbsent(minute.namespace(), namespace -> new ArrayList<>()).add(minute);
            }
          });
    } finally {
      lock.unlock();
    }
    return due;
  }

  private void rollUp(String namespace, List<StaleMinute> due) {
    Map<StaleMinute, @Nullable Touched> before = new HashMap<>();
    lock.lock();
    try {
      due.forEach(minute -> before.put(minute, minutes.get(minute)));
    } finally {
      lock.unlock();
    }
    store.rollUp(namespace, due.stream().map(StaleMinute::start).toList());
    long now = System.nanoTime();
    lock.lock();
    try {
      // What came meanwhile may not be in it.
      before.forEach(
          (minute, touched) -> {
            if (touched != null && !minutes.remove(minute, touched)) {
              minutes.computeIfPresent(minute, (same, later) -> new Touched(now, later.last()));
            }
          });
    } finally {
      lock.unlock();
    }
  }

  private boolean attempt(Runnable work) throws InterruptedException {
    try {
      work.run();
      return true;
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - warnAt >= 0) {
        warnAt = System.nanoTime() + WARN_INTERVAL.toNanos();
        log.warn("some rollups are behind, or what is expired stays for now: {}", e.toString());
      }
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      boolean _ = thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
