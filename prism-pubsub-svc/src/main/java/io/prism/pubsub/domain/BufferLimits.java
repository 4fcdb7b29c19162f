package io.prism.pubsub.domain;

import java.util.concurrent.atomic.AtomicLong;

/** What may wait for one subscriber, and for all of this instance together. Thread-safe. */
public final class BufferLimits {

  private final int maxEvents;
  private final long maxBytes;
  private final long maxBytesOfAll;
  private final AtomicLong bytesOfAll = new AtomicLong();

  /**
   * @param maxEvents most events that wait for one subscriber
   * @param maxBytes most bytes that wait for one subscriber
   * @param maxBytesOfAll most bytes that wait in this instance; beyond them each subscriber has
   *     room for a single event
   */
  public BufferLimits(int maxEvents, long maxBytes, long maxBytesOfAll) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.maxBytesOfAll = maxBytesOfAll;
  }

  /** The bytes that wait in this instance. */
  public long bytesOfAll() {
    return bytesOfAll.get();
  }

  boolean isExceeded(int events, long bytes) {
    return events > maxEvents || bytes > maxBytes || bytesOfAll.get() > maxBytesOfAll;
  }

  void changed(long difference) {
    bytesOfAll.addAndGet(difference);
  }
}
