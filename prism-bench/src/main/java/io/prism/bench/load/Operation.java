package io.prism.bench.load;

/** A piece of work that a load consists of. */
@FunctionalInterface
public interface Operation {
  /**
   * Starts the work and returns without waiting for its end, of which it tells the attempt from any
   * thread, also before it returns. Whatever it throws counts as the failure of the attempt.
   */
  void start(Attempt attempt);
}
