package io.prism.starter.call;

import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;

/**
 * Lets an instance stop without failing a call that could have finished.
 *
 * <p>In this order: health says NOT_SERVING; load balancers get {@code prism.call.drain-delay} to
 * notice; {@link DrainListener}s stop fetching; unary calls in flight finish, within {@code
 * prism.call.drain-timeout}; streams end with UNAVAILABLE {@code DRAINING}; the server shuts down.
 * Calls that still come are served until then.
 */
public final class Drain implements SmartLifecycle, ApplicationListener<GrpcServerShutdownEvent> {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);
  private static final Duration RETRY_DELAY = Duration.ofMillis(100);
  private static final Duration STEP = Duration.ofMillis(10);

  private final Runnable reportNotServing;
  private final List<DrainListener> listeners;
  private final InFlight inFlight;
  private final LiveStreams streams;
  private final CallProperties properties;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile boolean running;

  public Drain(
      Runnable reportNotServing,
      List<DrainListener> listeners,
      InFlight inFlight,
      LiveStreams streams,
      CallProperties properties) {
    this.reportNotServing = reportNotServing;
    this.listeners = List.copyOf(listeners);
    this.inFlight = inFlight;
    this.streams = streams;
    this.properties = properties;
  }

  /**
   * Drains, and returns when that is done; the second call waits for the first. Whoever owns a
   * server that several contexts share calls this for each context before it shuts the server down.
   */
  public void drain() {
    if (!begun.compareAndSet(false, true)) {
      done.join();
      return;
    }
    try {
      log.info("draining: {} calls in flight, {} streams", inFlight.calls(), streams.size());
      reportNotServing.run();
      TimeUnit.NANOSECONDS.sleep(properties.drainDelay().toNanos());
      long end = System.nanoTime() + properties.drainTimeout().toNanos();
      stopFetching(end);
      await(() -> inFlight.calls() == 0, end, "calls in flight");
      streams.close(
          PrismException.because(CallReason.DRAINING, "this instance is stopping")
              .retryAfter(RETRY_DELAY)
              .build());
      await(() -> streams.size() == 0, end, "streams");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      done.complete(null);
    }
  }

  private void stopFetching(long end) throws InterruptedException {
    CompletableFuture<?>[] stopping =
        listeners.stream().map(Drain::begin).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(stopping).get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      log.warn("draining goes on although a listener failed", e.getCause());
    } catch (TimeoutException e) {
      log.warn("draining goes on although a listener is not done");
    }
  }

  private static CompletableFuture<?> begin(DrainListener listener) {
    try {
      return listener.drain().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void await(BooleanSupplier condition, long end, String what)
      throws InterruptedException {
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        log.warn("draining goes on although there are still {}", what);
        return;
      }
      TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
    }
  }

  @Override
  public void onApplicationEvent(GrpcServerShutdownEvent event) {
    drain();
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    drain();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Together with the server, which stops first of all; whichever is asked first drains. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
