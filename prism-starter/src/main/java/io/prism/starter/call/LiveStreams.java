package io.prism.starter.call;

import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.starter.error.PrismException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of a session, or of this whole instance, so that they can be ended. Thread-safe.
 */
public final class LiveStreams {

  private final Set<EndableCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private volatile @Nullable PrismException closedBecause;

  void add(EndableCall<?, ?> call) {
    calls.add(call);
    PrismException why = closedBecause;
    if (why != null) {
      end(call, why);
    }
  }

  void remove(EndableCall<?, ?> call) {
    calls.remove(call);
  }

  /** How many are open. */
  public int size() {
    return calls.size();
  }

  /**
   * Ends every open stream: the client sees {@code why}, the handler sees a cancelled call. Does
   * not wait for handlers.
   */
  public void endAll(PrismException why) {
    calls.forEach(call -> end(call, why));
  }

  /** Ends every open stream, and every later one at once. */
  public void close(PrismException why) {
    closedBecause = why;
    endAll(why);
  }

  private static void end(EndableCall<?, ?> call, PrismException why) {
    Thread.startVirtualThread(() -> call.end(Status.UNKNOWN.withCause(why), new Metadata()));
  }
}
