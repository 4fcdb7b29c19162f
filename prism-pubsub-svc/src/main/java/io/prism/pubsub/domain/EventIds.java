package io.prism.pubsub.domain;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that no other instance gives, at the price of a counter. Thread-safe. */
public final class EventIds {

  private final String prefix = UUID.randomUUID().toString().replace("-", "") + '-';
  private final AtomicLong next = new AtomicLong();

  public String next() {
    return prefix + Long.toString(next.incrementAndGet(), Character.MAX_RADIX);
  }
}
