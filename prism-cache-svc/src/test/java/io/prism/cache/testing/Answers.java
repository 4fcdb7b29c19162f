package io.prism.cache.testing;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import java.util.Objects;

/** Answers to calls that run beside a test. */
public final class Answers {

  private Answers() {}

  /** Waits for the answer; a failure of the call is one of the test. */
  public static <T> T of(ListenableFuture<T> call) {
    return Objects.requireNonNull(Futures.getUnchecked(call));
  }
}
