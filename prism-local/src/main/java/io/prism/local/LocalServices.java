package io.prism.local;

import io.prism.local.engine.KafkaEngine;
import io.prism.local.engine.PostgresEngine;
import java.util.List;
import java.util.function.Consumer;

/** Starts what serves clients, once the engines are ready. */
@FunctionalInterface
interface LocalServices {
  /**
   * Returns when every service answers. A start that fails has closed what it opened.
   *
   * @param progress takes lines for the user
   * @throws io.prism.local.engine.StartException when a service cannot be started
   * @throws InterruptedException when the start is given up
   */
  Running start(
      LocalSettings settings, PostgresEngine postgres, KafkaEngine kafka, Consumer<String> progress)
      throws InterruptedException;

  /** Services that answer, until they are closed: before the engines, which they still need. */
  interface Running extends AutoCloseable {
    /** What the user needs to know to use them, a line each. */
    List<String> welcome();

    @Override
    void close();
  }
}
