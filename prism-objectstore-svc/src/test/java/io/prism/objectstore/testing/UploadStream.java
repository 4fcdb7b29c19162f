package io.prism.objectstore.testing;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc.ObjectStoreServiceStub;
import io.prism.objectstore.v1.PutObjectRequest;
import io.prism.objectstore.v1.PutObjectResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An upload as a client drives it, which waits while the service takes no more. */
public final class UploadStream
    implements AutoCloseable, ClientResponseObserver<PutObjectRequest, PutObjectResponse> {

  private static final int LIMIT_SECONDS = 60;

  private final CompletableFuture<PutObjectResponse> answer = new CompletableFuture<>();
  private final Semaphore changes = new Semaphore(0);
  private ClientCallStreamObserver<PutObjectRequest> call;

  UploadStream(ObjectStoreServiceStub stub) {
    var _ = stub.putObject(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<PutObjectRequest> started) {
    call = started;
    call.setOnReadyHandler(changes::release);
  }

  @Override
  public void onNext(PutObjectResponse response) {
    answer.complete(response);
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
    changes.release();
  }

  @Override
  public void onCompleted() {
    changes.release();
  }

  /** Whether the service has answered. */
  public boolean isOver() {
    return answer.isDone();
  }

  /** Sends a message when the service takes it. */
  public void send(PutObjectRequest message) {
    while (!call.isReady() && !isOver()) {
      try {
        if (!changes.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("the service takes nothing any more");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    call.onNext(message);
  }

  /** Sends a message if the service takes it at once. */
  public boolean offer(PutObjectRequest message) {
    if (!call.isReady()) {
      return false;
    }
    call.onNext(message);
    return true;
  }

  /** Ends the upload, and waits for its answer. */
  public PutObjectResponse finish() {
    end();
    return await();
  }

  /** Ends the upload. */
  public void end() {
    call.onCompleted();
  }

  public PutObjectResponse await() {
    try {
      return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException failure
          ? failure
          : Status.fromThrowable(e).asRuntimeException();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  public void cancel() {
    call.cancel("the test wants it so", null);
  }

  @Override
  public void close() {
    if (!isOver()) {
      cancel();
    }
  }
}
