package io.prism.pubsub.nats;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** What failures of the client library mean. */
public final class NatsFailures {

  private NatsFailures() {}

  /** Whether a failure says that NATS is down or out of reach. */
  public static boolean isOutage(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof TimeoutException
        // Closed, draining or reconnecting meanwhile: the library has no class of its own for it.
        || failure instanceof IllegalStateException;
  }
}
