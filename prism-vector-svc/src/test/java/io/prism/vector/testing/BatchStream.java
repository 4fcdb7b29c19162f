package io.prism.vector.testing;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.vector.v1.BatchIndexResponse;
import io.prism.vector.v1.IndexVectorRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One BatchIndex of a client that sends when it may. */
public final class BatchStream
    implements ClientResponseObserver<IndexVectorRequest, BatchIndexResponse> {

  private final CompletableFuture<BatchIndexResponse> answer = new CompletableFuture<>();
  private final Semaphore ready = new Semaphore(0);
  private @Nullable ClientCallStreamObserver<IndexVectorRequest> call;

  public BatchStream(Client client) {
    var _ = client.async().batchIndex(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<IndexVectorRequest> started) {
    call = started;
    started.setOnReadyHandler(ready::release);
  }

  private ClientCallStreamObserver<IndexVectorRequest> call() {
    ClientCallStreamObserver<IndexVectorRequest> started = call;
    if (started == null) {
      throw new IllegalStateException("the call was not started");
    }
    return started;
  }

  /** Sends a vector, as soon as gRPC takes one; false when that is not so for a while. */
  public boolean send(IndexVectorRequest vector, long patienceMillis) {
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
      call().onNext(vector);
    }
    return true;
  }

  public void send(IndexVectorRequest vector) {
    if (!send(vector, 60_000)) {
      throw new AssertionError("the service takes no more vectors");
    }
  }

  /** Ends the stream and waits for the answer. */
  public BatchIndexResponse finish() {
    if (!answer.isDone()) {
      call().onCompleted();
    }
    return answer.orTimeout(300, TimeUnit.SECONDS).join();
  }

  public CompletableFuture<BatchIndexResponse> answer() {
    return answer;
  }

  public void cancel() {
    call().cancel("the test is done with it", null);
  }

  @Override
  public void onNext(BatchIndexResponse response) {
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
