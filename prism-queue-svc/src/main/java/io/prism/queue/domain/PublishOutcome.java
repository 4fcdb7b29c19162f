package io.prism.queue.domain;

import io.prism.starter.error.PrismException;

/** What became of one message. */
public sealed interface PublishOutcome {

  /**
   * All in-sync replicas have it.
   *
   * @param timestampMillis the time that the broker keeps for the message, since the epoch
   */
  record Published(int partition, long offset, long timestampMillis) implements PublishOutcome {}

  /** It was not published, or nobody knows. */
  record Failed(PrismException why) implements PublishOutcome {}
}
