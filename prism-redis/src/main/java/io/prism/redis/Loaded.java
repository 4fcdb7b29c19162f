package io.prism.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a source has.
 *
 * @param value its bytes, which nobody changes any more
 * @param remaining how long the source itself goes on having it; null: for ever. No copy lives
 *     longer; zero: there is to be no copy
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Loaded(byte[] value, @Nullable Duration remaining) {

  boolean isOver() {
    return remaining != null && !remaining.isPositive();
  }
}
