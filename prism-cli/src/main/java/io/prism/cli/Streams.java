package io.prism.cli;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.Optional;

/** Answers that come one by one. */
final class Streams {

  private Streams() {}

  /** What is done with each. */
  @FunctionalInterface
  interface Each<A> {
    void accept(A answer) throws StatusException;
  }

  /** Takes answers until the stream ends, or until there were so many. */
  static <A> int each(BlockingClientCall<?, A> call, Optional<Integer> count, Each<A> each)
      throws InterruptedException, StatusException {
    for (int taken = 0; count.isEmpty() || taken < count.get(); taken++) {
      A answer = call.read();
      if (answer == null) {
        return 0;
      }
      each.accept(answer);
    }
    call.cancel("enough", null);
    return 0;
  }
}
