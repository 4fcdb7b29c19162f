package io.prism.pubsub.domain;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Events that wait for one subscriber. When there are too many, the oldest are dropped: what is new
 * is worth more, and neither the broker nor other subscribers may wait for one that is slow.
 * Thread-safe.
 */
final class EventBuffer {

  /** About what an event takes beside its payload. */
  private static final int OVERHEAD_BYTES = 256;

  private final BufferLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private long bytes;
  private boolean closed;

  EventBuffer(BufferLimits limits) {
    this.limits = limits;
  }

  /** Adds an event, and returns how many others were dropped for it. */
  int add(Event event) {
    lock.lock();
    try {
      if (closed) {
        return 0;
      }
      events.addLast(event);
      change(sizeOf(event));
      int dropped = 0;
      // The newest stays whatever its size, or a large event could never arrive.
      while (events.size() > 1 && limits.isExceeded(events.size(), bytes)) {
        change(-sizeOf(events.removeFirst()));
        dropped++;
      }
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the oldest event; null when there is none. */
  @Nullable Event poll() {
    lock.lock();
    try {
      Event event = events.pollFirst();
      if (event != null) {
        change(-sizeOf(event));
      }
      return event;
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return events.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets everything, also what is added later. */
  void close() {
    lock.lock();
    try {
      closed = true;
      events.clear();
      change(-bytes);
    } finally {
      lock.unlock();
    }
  }

  private void change(long difference) {
    bytes += difference;
    limits.changed(difference);
  }

  private static long sizeOf(Event event) {
    return event.payload().length + (long) OVERHEAD_BYTES;
  }
}
