package io.prism.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A source whose loads end when the test says so. */
final class ControlledSource implements Supplier<CompletableFuture<Optional<Loaded>>> {

  private final AtomicInteger count = new AtomicInteger();
  private final BlockingQueue<CompletableFuture<Optional<Loaded>>> begun =
      new LinkedBlockingQueue<>();

  @Override
  public CompletableFuture<Optional<Loaded>> get() {
    count.incrementAndGet();
    CompletableFuture<Optional<Loaded>> load = new CompletableFuture<>();
    begun.add(load);
    return load;
  }

  int loads() {
    return count.get();
  }

  /** The next load that has begun; waits for one. */
  CompletableFuture<Optional<Loaded>> next() {
    try {
      CompletableFuture<Optional<Loaded>> load = begun.poll(10, TimeUnit.SECONDS);
      if (load == null) {
        throw new AssertionError("no load began");
      }
      return load;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Optional<Loaded> value(String text) {
    return value(text, null);
  }

  static Optional<Loaded> value(String text, @Nullable Duration remaining) {
    return Optional.of(new Loaded(text.getBytes(StandardCharsets.UTF_8), remaining));
  }

  /** A source that has a value at once. */
  static Supplier<CompletableFuture<Optional<Loaded>>> of(String text) {
    return () -> CompletableFuture.completedFuture(value(text));
  }
}
