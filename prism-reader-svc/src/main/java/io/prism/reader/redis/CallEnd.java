package io.prism.reader.redis;

import io.grpc.Context;
import io.prism.redis.RedisFailures;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for what is done for many calls, but no longer than the current call lasts. */
final class CallEnd {

  private CallEnd() {}

  /**
   * The result; fails as what it waits for does.
   *
   * @throws PrismException DEADLINE_EXCEEDED, CANCELLED
   */
  static <T> T await(CompletableFuture<T> running) {
    Context call = Context.current();
    // The others' goes on when this call ends.
    CompletableFuture<T> mine = running.copy();
    Context.CancellationListener listener = ended -> mine.completeExceptionally(reason(ended));
    call.addListener(listener, Runnable::run);
    try {
      return mine.join();
    } catch (CompletionException e) {
      if (RedisFailures.unwrapped(e) instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    } finally {
      call.removeListener(listener);
    }
  }

  private static PrismException reason(Context call) {
    boolean late = call.getDeadline() != null && call.getDeadline().isExpired();
    return late
        ? PrismException.of(CallReason.DEADLINE_EXCEEDED, "the call's deadline has passed")
        : PrismException.of(CallReason.CANCELLED, "the call was cancelled");
  }
}
