package io.prism.starter.testing;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call of an rpc that takes a stream and answers once, of a client that sends when it may.
 *
 * @param <Q> what is sent
 * @param <R> the answer
 */
public final class RequestStream<Q, R> implements ClientResponseObserver<Q, R> {

  private static final long PATIENCE_MILLIS = 60_000;
  private static final long ANSWER_SECONDS = 300;

  private final CompletableFuture<R> answer = new CompletableFuture<>();
  private final Semaphore ready = new Semaphore(0);
  private @Nullable ClientCallStreamObserver<Q> call;

  /**
   * Starts the call.
   *
   * @param rpc the method of an asynchronous stub
   */
  public RequestStream(Function<StreamObserver<R>, StreamObserver<Q>> rpc) {
    var _ = rpc.apply(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> started) {
    call = started;
    started.setOnReadyHandler(ready::release);
  }

  private ClientCallStreamObserver<Q> call() {
    ClientCallStreamObserver<Q> started = call;
    if (started == null) {
      throw new IllegalStateException("the call was not started");
    }
    return started;
  }

  /**
   * Sends something as soon as gRPC takes it; false when that is not so for a while. What is sent
   * after the answer goes nowhere.
   */
  public boolean send(Q request, long patienceMillis) {
    try {
      while (!call().isReady() && !answer.isDone()) {
        if (!ready.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (!answer.isDone()) {
      call().onNext(request);
    }
    return true;
  }

  /** The same, which fails the test when the service takes no more. */
  public void send(Q request) {
    if (!send(request, PATIENCE_MILLIS)) {
      throw new AssertionError("the service takes no more");
    }
  }

  /** Ends the stream and waits for the answer. */
  public R finish() {
    if (!answer.isDone()) {
      call().onCompleted();
    }
    return answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
  }

  /** The answer, or the failure of the call. */
  public CompletableFuture<R> answer() {
    return answer;
  }

  public void cancel() {
    call().cancel("the test is done with it", null);
  }

  @Override
  public void onNext(R response) {
    answer.complete(response);
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
    ready.release();
  }

  @Override
  public void onCompleted() {}
}
