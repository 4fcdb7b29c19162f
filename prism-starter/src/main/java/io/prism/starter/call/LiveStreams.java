package io.prism.starter.call;

import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.starter.error.PrismException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open streams of a session, or of this whole instance, so that they can be ended. Thread-safe.
 */
public final class LiveStreams {

  private final Set<EndableCall<?, ?>> calls = ConcurrentHashMap.newKeySet();

  void add(EndableCall<?, ?> call) {
    calls.add(call);
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
    for (EndableCall<?, ?> call : calls) {
      Thread.startVirtualThread(() -> call.end(Status.UNKNOWN.withCause(why), new Metadata()));
    }
  }
}
