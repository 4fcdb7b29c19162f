package io.prism.cache.domain;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory for answers of several values: so much for one, and so much for all that this instance
 * reads or sends at a time.
 */
public final class AnswerRoom {

  private static final Duration RETRY_DELAY = Duration.ofMillis(200);

  /** What most answers do with. */
  private static final long USUAL = 256 * 1024;

  private final long maxAnswer;
  private final long maxHeld;
  private final AtomicLong held = new AtomicLong();

  /**
   * @param maxAnswer most bytes of the values of one answer
   * @param maxHeld most bytes of all answers under way
   */
  public AnswerRoom(long maxAnswer, long maxHeld) {
    this.maxAnswer = maxAnswer;
    this.maxHeld = maxHeld;
  }

  /**
   * Room for an answer of a usual size.
   *
   * @throws PrismException OVERLOADED
   */
  public Share open() {
    long usual = Math.min(USUAL, maxAnswer);
    take(usual);
    return new Share(usual);
  }

  private void take(long bytes) {
    if (held.addAndGet(bytes) > maxHeld) {
      held.addAndGet(-bytes);
      throw PrismException.because(
              CallReason.OVERLOADED, "too many bytes of answers are under way in this instance")
          .with("limit", Long.toString(maxHeld))
          .retryAfter(RETRY_DELAY)
          .build();
    }
  }

  /** Bytes of all shares. */
  public long held() {
    return held.get();
  }

  /** One answer's room. Not for several threads at a time. */
  public final class Share implements AutoCloseable {

    private long size;

    private Share(long size) {
      this.size = size;
    }

    /** Most bytes that the answer may have now. */
    public long size() {
      return size;
    }

    /**
     * Makes it as large as that of any answer may be.
     *
     * @return false when it is so already
     * @throws PrismException OVERLOADED
     */
    public boolean extend() {
      if (size == maxAnswer) {
        return false;
      }
      take(maxAnswer - size);
      size = maxAnswer;
      return true;
    }

    /**
     * Makes it as large as an answer needs that is known.
     *
     * @throws PrismException ANSWER_TOO_LARGE, OVERLOADED
     */
    public void require(long bytes) {
      if (bytes > maxAnswer) {
        throw exceeded();
      }
      if (bytes > size) {
        extend();
      }
    }

    /** What says that the answer is larger than any may be. */
    public PrismException exceeded() {
      return PrismException.because(
              CacheReason.ANSWER_TOO_LARGE,
              "the values have more than " + maxAnswer + " bytes (expected: fewer or smaller ones)")
          .with("limit", Long.toString(maxAnswer))
          .build();
    }

    /** Gives back what the answer, which is complete, does without. */
    public void shrinkTo(long bytes) {
      if (bytes < size) {
        held.addAndGet(bytes - size);
        size = bytes;
      }
    }

    @Override
    public void close() {
      shrinkTo(0);
    }
  }
}
