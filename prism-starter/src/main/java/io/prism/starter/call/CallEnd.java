package io.prism.starter.call;

import io.grpc.Context;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The end of a call before its answer: its deadline has passed, or its client is gone. */
public final class CallEnd {

  private CallEnd() {}

  /** What a call is told that has ended; empty while it lasts. */
  public static Optional<PrismException> of(Context call) {
    if (call.getDeadline() != null && call.getDeadline().isExpired()) {
      return Optional.of(
          PrismException.of(CallReason.DEADLINE_EXCEEDED, "the call's deadline has passed"));
    }
    return call.isCancelled()
        ? Optional.of(PrismException.of(CallReason.CANCELLED, "the call was cancelled"))
        : Optional.empty();
  }

  /**
   * Waits for what is done for many calls, but no longer than the current call lasts. What is done
   * goes on when the call ends.
   *
   * @throws PrismException DEADLINE_EXCEEDED, CANCELLED
   * @throws RuntimeException what the work has failed with
   */
  public static <T> T await(CompletableFuture<T> running) {
    Context call = Context.current();
    CompletableFuture<T> mine = running.copy();
    Context.CancellationListener listener =
        ended -> of(ended).ifPresent(mine::completeExceptionally);
    call.addListener(listener, Runnable::run);
    try {
      return mine.join();
    } catch (CompletionException e) {
      Throwable cause = e;
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw cause instanceof RuntimeException failure ? failure : e;
    } finally {
      call.removeListener(listener);
    }
  }
}
