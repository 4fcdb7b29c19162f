package io.prism.bench.load;

/** A way to do a round of work. */
public interface Load {
  /** How long a round waits for what is under way before it counts as not done, in seconds. */
  long PATIENCE_SECONDS = 60;

  /**
   * Does the work of one round.
   *
   * @throws WorkNotDone when a part of it failed, or was not done in time
   */
  Measurement round() throws InterruptedException;

  /** The same operations, as often as makes all of their code compiled soon. */
  default Load warmUp() {
    return this;
  }
}
