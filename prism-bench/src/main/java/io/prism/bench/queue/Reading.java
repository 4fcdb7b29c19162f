package io.prism.bench.queue;

import io.prism.bench.load.Load;
import io.prism.bench.load.Measurement;
import io.prism.bench.load.WorkNotDone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Messages read from the begin of a topic, each once and in order. One reader at a time. */
final class Reading {
  private final int messages;
  private final long beginNanos = System.nanoTime();
  private final long[] next = new long[BenchTopic.PARTITIONS];
  private final CompletableFuture<Long> lastNanos = new CompletableFuture<>();
  private volatile int count;

  /**
   * @param messages how many there are to read
   */
  Reading(int messages) {
    this.messages = messages;
  }

  boolean isDone() {
    return lastNanos.isDone();
  }

  // Written by the one reader only.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  void received(int partition, long offset) {
    if (offset != next[partition]) {
      failed(
          new WorkNotDone(
              "partition %d continues at offset %d, expected %d"
                  .formatted(partition, offset, next[partition])));
    }
    next[partition]++;
    count++;
    if (count == messages) {
      lastNanos.complete(System.nanoTime());
    }
  }

  void failed(Throwable failure) {
    lastNanos.completeExceptionally(failure);
  }

  Measurement await() throws InterruptedException {
    try {
      long end = lastNanos.get(2 * Load.PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new Measurement(messages, end - beginNanos, null);
    } catch (TimeoutException | ExecutionException e) {
      throw new WorkNotDone("%d of %d messages are read".formatted(count, messages), e);
    }
  }
}
