package io.prism.queue.kafka;

import io.prism.queue.domain.PublishOutcome;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Collects what became of the messages of a batch, from whatever threads. */
final class BatchOutcome {

  private final PublishOutcome[] outcomes;
  private final AtomicInteger missing;
  private final CompletableFuture<List<PublishOutcome>> result = new CompletableFuture<>();

  BatchOutcome(int size) {
    outcomes = new PublishOutcome[size];
    missing = new AtomicInteger(size);
  }

  /**
   * The outcome of one message; once per index. The counter makes all of them visible at the end.
   */
  void set(int index, PublishOutcome outcome) {
    outcomes[index] = outcome;
    if (missing.decrementAndGet() == 0) {
      result.complete(Arrays.asList(outcomes));
    }
  }

  CompletableFuture<List<PublishOutcome>> result() {
    return result;
  }
}
