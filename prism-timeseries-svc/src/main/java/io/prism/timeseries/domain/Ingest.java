package io.prism.timeseries.domain;

import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers events of many calls and stores them together. Holds a bounded number of bytes: whoever
 * comes when it is full is refused, or waits with asking its client for more.
 *
 * <p>A batch that the store refuses, though it is not down, is stored once more part by part, so
 * that the events of one call do not harm those of another.
 */
public final class Ingest implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Ingest.class);
  private static final Duration RETRY_DELAY = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final EventStore store;
  private final IngestLimits limits;
  private final Consumer<List<StoredEvent>> stored;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final List<Thread> writers;
  private final AtomicLong lost = new AtomicLong();

  // All under the lock.
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<Submission> again = new ArrayDeque<>();
  private List<Runnable> wantRoom = new ArrayList<>();
  private long waitingEvents;
  private long waitingBytes;
  private long bufferedBytes;
  private long againAt;
  private long stopBy;
  private boolean closed;

  private record Waiting(Submission submission, long since) {}

  /**
   * @param stored is told of events that have been stored
   */
  public Ingest(EventStore store, IngestLimits limits, Consumer<List<StoredEvent>> stored) {
    this.store = store;
    this.limits = limits;
    this.stored = stored;
    this.writers =
        Stream.generate(() -> Thread.ofPlatform().daemon().name("prism-timeseries-writer"))
            .limit(limits.writers())
            .map(builder -> builder.start(this::write))
            .toList();
  }

  /**
   * Takes in events; the receipt is told when they are settled.
   *
   * @throws PrismException BUFFER_FULL
   */
  public void submit(Submission submission) {
    lock.lock();
    try {
      if (closed || bufferedBytes >= limits.bufferBytes()) {
        throw PrismException.because(
                TimeSeriesReason.BUFFER_FULL,
                "events come faster than the store takes them (expected: send again later)")
            .retryAfter(RETRY_DELAY)
            .build();
      }
      add(submission);
    } finally {
      lock.unlock();
    }
  }

  /** Takes in events whether there is room or not, for who asks {@link #awaitRoom} for more. */
  public void take(Submission submission) {
    lock.lock();
    try {
      add(submission);
    } finally {
      lock.unlock();
    }
  }

  private void add(Submission submission) {
    boolean first = waiting.isEmpty();
    waiting.add(new Waiting(submission, System.nanoTime()));
    waitingEvents += submission.events().size();
    waitingBytes += submission.bytes();
    bufferedBytes += submission.bytes();
    if (first || isFull()) {
      arrived.signal();
    }
  }

  /** Whether there is room; if not, the task is run when there is. */
  public boolean awaitRoom(Runnable task) {
    lock.lock();
    try {
      if (bufferedBytes < limits.bufferBytes()) {
        return true;
      }
      wantRoom.add(task);
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of events that are not stored yet. */
  public long bufferedBytes() {
    lock.lock();
    try {
      return bufferedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Events that were promised to be stored later, and could not be. */
  public long lost() {
    return lost.get();
  }

  private void write() {
    try {
      for (List<Submission> batch = next(); !batch.isEmpty(); batch = next()) {
        store(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next batch; empty: there will be none. */
  private List<Submission> next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        long now = System.nanoTime();
        long pause = pause(now);
        if (pause <= 0) {
          return drain(now);
        }
        if (closed && waiting.isEmpty() && again.isEmpty()) {
          return List.of();
        }
        long _ = arrived.awaitNanos(pause);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds until a batch is to be stored, if nothing else happens. */
  private long pause(long now) {
    long pause = Long.MAX_VALUE;
    Waiting first = waiting.peek();
    if (first != null) {
      pause = isFull() || closed ? 0 : first.since() + limits.linger().toNanos() - now;
    }
    return again.isEmpty() ? pause : Math.min(pause, againAt - now);
  }

  private boolean isFull() {
    return waitingEvents >= limits.batchEvents() || waitingBytes >= limits.batchBytes();
  }

  private List<Submission> drain(long now) {
    List<Submission> batch = new ArrayList<>();
    long events = 0;
    long bytes = 0;
    if (now >= againAt) {
      while (!again.isEmpty() && events < limits.batchEvents() && bytes < limits.batchBytes()) {
        Submission next = again.remove();
        events += next.events().size();
        bytes += next.bytes();
        batch.add(next);
      }
    }
    while (!waiting.isEmpty() && events < limits.batchEvents() && bytes < limits.batchBytes()) {
      Submission next = waiting.remove().submission();
      waitingEvents -= next.events().size();
      waitingBytes -= next.bytes();
      events += next.events().size();
      bytes += next.bytes();
      batch.add(next);
    }
    if (!waiting.isEmpty()) {
      arrived.signal();
    }
    return batch;
  }

  private void store(List<Submission> batch) {
    List<StoredEvent> events = new ArrayList<>();
    batch.forEach(submission -> events.addAll(submission.events()));
    RuntimeException failure = append(events);
    if (failure != null && batch.size() > 1 && !isTemporary(failure)) {
      batch.forEach(submission -> settle(submission, append(submission.events())));
    } else {
      batch.forEach(submission -> settle(submission, failure));
    }
    makeRoom();
  }

  private @Nullable RuntimeException append(List<StoredEvent> events) {
    try {
      store.append(events);
    } catch (RuntimeException e) {
      return e;
    }
    stored.accept(events);
    return null;
  }

  private void settle(Submission submission, @Nullable RuntimeException failure) {
    boolean kept = failure != null && submission.keep() && keep(submission, failure);
    if (!kept) {
      lock.lock();
      try {
        bufferedBytes -= submission.bytes();
      } finally {
        lock.unlock();
      }
      tell(submission, failure);
    }
  }

  private static void tell(Submission submission, @Nullable RuntimeException failure) {
    try {
      submission.receipt().settled(submission, failure);
    } catch (RuntimeException e) {
      log.debug("whoever sent events is gone", e);
    }
  }

  /** Whether events that were promised are tried again. */
  private boolean keep(Submission submission, RuntimeException failure) {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (isTemporary(failure) && (!closed || now < stopBy)) {
        againAt = now + Math.min(PAUSE.toNanos(), closed ? stopBy - now : Long.MAX_VALUE);
        again.add(submission);
        arrived.signal();
        return true;
      }
    } finally {
      lock.unlock();
    }
    lost.addAndGet(submission.events().size());
    log.error(
        "{} events are lost that were to be stored later", submission.events().size(), failure);
    return false;
  }

  private static boolean isTemporary(RuntimeException failure) {
    return failure instanceof PrismException known
        && switch (known.reason().code()) {
          case UNAVAILABLE, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, ABORTED, CANCELLED -> true;
          default -> false;
        };
  }

  private void makeRoom() {
    List<Runnable> tasks = List.of();
    lock.lock();
    try {
      if (!wantRoom.isEmpty() && bufferedBytes < limits.bufferBytes()) {
        tasks = wantRoom;
        wantRoom = new ArrayList<>();
      }
    } finally {
      lock.unlock();
    }
    tasks.forEach(Runnable::run);
  }

  /** Stores what it has, takes in nothing more, and waits for that. */
  @Override
  public void close() {
    long end = System.nanoTime() + limits.stopTime().toNanos();
    lock.lock();
    try {
      closed = true;
      stopBy = end;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      for (Thread writer : writers) {
        writer.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())).plus(PAUSE));
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
