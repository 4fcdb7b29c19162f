package io.prism.starter.call;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionStage;

/** Answers of unary rpcs whose work completes later. */
public final class Answers {

  private Answers() {}

  /** Answers with the result as soon as it is there, or with its failure. */
  public static <T> void send(CompletionStage<T> result, StreamObserver<T> response) {
    var _ =
        result.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                response.onNext(value);
                response.onCompleted();
              } else {
                response.onError(failure);
              }
            });
  }
}
