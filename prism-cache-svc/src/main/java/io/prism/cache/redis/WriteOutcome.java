package io.prism.cache.redis;

import io.prism.redis.RedisFailures;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;

/** What a failure of the source says about a write. */
final class WriteOutcome {

  private WriteOutcome() {}

  /** Whether the source has certainly not been changed. */
  static boolean isUnchanged(Throwable failure) {
    return RedisFailures.unwrapped(failure) instanceof PrismException known
        && known.reason() != CallReason.BACKEND_UNAVAILABLE
        && known.reason() != CallReason.DEADLINE_EXCEEDED;
  }
}
