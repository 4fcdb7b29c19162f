package io.prism.objectstore.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory of an instance for uploads that are larger than a few chunks, in shares of two parts.
 * Who finds none free waits in line. Whoever has a share can finish, so nobody waits for ever.
 */
public final class UploadMemory {

  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final int maxWaiting;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<CompletableFuture<Share>> waiting = new ArrayDeque<>();
  private final AtomicLong held = new AtomicLong();
  private int free;
  private int inUse;

  /**
   * @param shares how many uploads hold one at a time
   * @param maxWaiting most that wait in line; more are refused with OVERLOADED
   */
  public UploadMemory(int shares, int maxWaiting) {
    this.free = shares;
    this.maxWaiting = maxWaiting;
  }

  /** A share, to be given back. */
  public final class Share {

    private final AtomicBoolean released = new AtomicBoolean();

    private Share() {}

    void release() {
      if (released.compareAndSet(false, true)) {
        next();
      }
    }
  }

  CompletableFuture<Share> acquire() {
    lock.lock();
    try {
      if (free > 0) {
        free--;
        inUse++;
        return CompletableFuture.completedFuture(new Share());
      }
      if (waiting.size() >= maxWaiting) {
        return CompletableFuture.failedFuture(
            PrismException.because(
                    CallReason.OVERLOADED, "this instance has no memory left for further uploads")
                .retryAfter(RETRY_DELAY)
                .build());
      }
      CompletableFuture<Share> next = new CompletableFuture<>();
      waiting.add(next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void next() {
    CompletableFuture<Share> first;
    lock.lock();
    try {
      first = waiting.poll();
      if (first == null) {
        free++;
        inUse--;
      }
    } finally {
      lock.unlock();
    }
    if (first != null) {
      first.complete(new Share());
    }
  }

  void held(long change) {
    held.addAndGet(change);
  }

  /** Bytes that all uploads hold now, the small ones included. */
  public long held() {
    return held.get();
  }

  /** Shares in use. */
  public int inUse() {
    lock.lock();
    try {
      return inUse;
    } finally {
      lock.unlock();
    }
  }
}
