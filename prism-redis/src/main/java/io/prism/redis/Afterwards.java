package io.prism.redis;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Goes on with another future, whether a first one went well or not. */
public final class Afterwards {

  private Afterwards() {}

  /** What comes after a first result. */
  @FunctionalInterface
  public interface Next<A, B> {

    /**
     * Begins it.
     *
     * @param value of the first one, if it went well
     * @param failure null if it did
     */
    CompletableFuture<B> begin(A value, @Nullable Throwable failure);
  }

  /** The result of what is begun when a first one is known, however that went. */
  public static <A, B> CompletableFuture<B> either(CompletableFuture<A> first, Next<A, B> next) {
    CompletableFuture<B> result = new CompletableFuture<>();
    var _ = first.whenComplete((value, failure) -> follow(next, value, failure, result));
    return result;
  }

  private static <A, B> void follow(
      Next<A, B> next, A value, @Nullable Throwable failure, CompletableFuture<B> result) {
    CompletableFuture<B> following;
    try {
      following = next.begin(value, failure);
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
      return;
    }
    var _ =
        following.whenComplete(
            (answer, trouble) -> {
              if (trouble == null) {
                result.complete(answer);
              } else {
                result.completeExceptionally(RedisFailures.unwrapped(trouble));
              }
            });
  }
}
