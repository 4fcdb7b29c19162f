package io.prism.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What failures of Redis mean. */
public final class RedisFailures {

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);
  private static final String QUEUE_FULL = "queue size exceeded";
  private static final String STACK_FULL = "stack size exceeded";

  private RedisFailures() {}

  /** Whether a failure says that Redis is down, out of reach or not able to serve; for a guard. */
  public static boolean isOutage(Throwable failure) {
    return switch (failure) {
      case RedisCommandExecutionException answer -> isUnable(String.valueOf(answer.getMessage()));
      case RedisException _ -> !isQueueFull(failure);
      // What was under way when the connection broke, as the one or the other.
      case IOException _ -> true;
      case CancellationException _ -> true;
      default -> false;
    };
  }

  /** Answers of a Redis that starts, fails over, has lost its master or is full. */
  private static boolean isUnable(String message) {
    return message.startsWith("LOADING")
        || message.startsWith("READONLY")
        || message.startsWith("MASTERDOWN")
        || message.startsWith("CLUSTERDOWN")
        || message.startsWith("NOREPLICAS")
        || message.startsWith("MISCONF")
        || message.startsWith("BUSY")
        || message.startsWith("TRYAGAIN")
        || message.contains("OOM command not allowed");
  }

  private static boolean isQueueFull(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains(QUEUE_FULL) || message.contains(STACK_FULL);
  }

  /** Too many commands wait in this instance: OVERLOADED; anything else stays as it is. */
  static Throwable translated(Throwable failure) {
    Throwable cause = unwrapped(failure);
    if (cause instanceof RedisException && isQueueFull(cause)) {
      return PrismException.because(
              CallReason.OVERLOADED, "too many commands wait for the store in this instance")
          .retryAfter(RETRY_DELAY)
          .cause(cause)
          .build();
    }
    return cause;
  }

  /** Whether a call failed because Redis could not serve it, so that the source has to. */
  static boolean isUnavailable(Throwable failure) {
    return unwrapped(failure) instanceof PrismException known
        && (known.reason() == CallReason.BACKEND_UNAVAILABLE
            || known.reason() == CallReason.OVERLOADED);
  }

  /** The failure without what completable futures wrap around it. */
  public static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
