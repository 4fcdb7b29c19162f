package io.prism.local.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The engines of one run: started side by side, stopped one after the other in reverse. */
public final class Engines implements AutoCloseable {
  private final List<Engine> engines;
  private final Consumer<String> progress;

  /**
   * @param progress takes a line for the user whenever there is something to tell, from any thread
   */
  public Engines(List<? extends Engine> engines, Consumer<String> progress) {
    this.engines = List.copyOf(engines);
    this.progress = progress;
  }

  /**
   * Returns once all are ready. The first failure gives up the others; {@link #close} then stops
   * whatever came up.
   *
   * @throws StartException when an engine cannot be started
   */
  public void start() throws InterruptedException {
    progress.accept("starting " + names() + " ...");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ExecutorCompletionService<Engine> starts = new ExecutorCompletionService<>(threads);
      engines.forEach(engine -> starts.submit(() -> start(engine)));
      try {
        for (int ready = 0; ready < engines.size(); ready++) {
          starts.take().get();
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw e.getCause() instanceof StartException failure
            ? failure
            : new StartException("cannot start " + names() + ": " + e.getCause(), e);
      } catch (InterruptedException e) {
        threads.shutdownNow();
        throw e;
      }
    }
  }

  /** Tries each engine, also after one that could not be stopped. */
  @Override
  public void close() {
    for (Engine engine : engines.reversed()) {
      try {
        engine.stop();
      } catch (StartException e) {
        progress.accept(e.getMessage());
      }
    }
  }

  private Engine start(Engine engine) throws InterruptedException {
    Instant begin = Instant.now();
    engine.start();
    Duration taken = Duration.between(begin, Instant.now());
    progress.accept(
        "  %s ready in %.1f s (%s)"
            .formatted(engine.name(), taken.toMillis() / 1000.0, engine.address()));
    return engine;
  }

  private String names() {
    List<String> names = engines.stream().map(Engine::name).toList();
    if (names.size() < 2) {
      return String.join("", names);
    }
    return String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
  }
}
