package io.prism.local.engine;

/** A data store that local mode runs itself. */
public interface Engine {
  /** The store's own name, for people. */
  String name();

  /** Where the running store answers, as {@code host:port}. */
  String address();

  /**
   * Stops what an earlier run left behind, starts the store and returns once it answers and is
   * proven to be this one. An engine that failed to start may be left half started: {@link #stop}
   * still applies.
   *
   * @throws StartException when the store ends by itself, or is not ready in time
   * @throws InterruptedException when the start is given up
   */
  void start() throws InterruptedException;

  /**
   * Stops the store, by force when it does not end in time. Does nothing when it is not running.
   *
   * @throws StartException when a process survives even that
   */
  void stop();
}
