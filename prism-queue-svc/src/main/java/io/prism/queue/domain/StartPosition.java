package io.prism.queue.domain;

/** Where a subscription begins. */
public sealed interface StartPosition {

  /** The last committed offset; without one, the oldest message. */
  record Committed() implements StartPosition {}

  /** The oldest message kept. */
  record Earliest() implements StartPosition {}

  /** Messages published from now on. */
  record Latest() implements StartPosition {}

  /** One offset in every partition. */
  record AtOffset(long offset) implements StartPosition {}

  /** The first message at or after a time; none: the end. */
  record AtTime(long millis) implements StartPosition {}
}
