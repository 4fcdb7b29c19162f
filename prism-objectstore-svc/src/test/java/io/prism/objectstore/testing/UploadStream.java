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
import org.jspecify.annotations.Nullable;

/** An upload as a client drives it, which waits while the service takes no more. */
public final class UploadStream
    implements AutoCloseable, ClientResponseObserver<PutObjectRequest, PutObjectResponse> {

  private static final int LIMIT_SECONDS = 60;

  /** To put together the parts of a large object takes time. */
  private static final int ANSWER_LIMIT_SECONDS = 300;

  private final CompletableFuture<PutObjectResponse> answer = new CompletableFuture<>();
  private final Semaphore changes = new Semaphore(0);
  private volatile @Nullable ClientCallStreamObserver<PutObjectRequest> call;

  UploadStream(ObjectStoreServiceStub stub) {
    var _ = stub.putObject(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<PutObjectRequest> started) {
    call = started;
    started.setOnReadyHandler(changes::release);
  }

  private ClientCallStreamObserver<PutObjectRequest> stream() {
    ClientCallStreamObserver<PutObjectRequest> started = call;
    if (started == null) {
      throw new IllegalStateException("the call has not begun");
    }
    return started;
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
    while (!stream().isReady() && !isOver()) {
      try {
        if (!changes.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("the service takes nothing any more");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    stream().onNext(message);
  }

  /** Sends a message if the service takes it at once. */
  public boolean offer(PutObjectRequest message) {
    if (!stream().isReady()) {
      return false;
    }
    stream().onNext(message);
    return true;
  }

  /** Ends the upload, and waits for its answer. */
  public PutObjectResponse finish() {
    end();
    return await();
  }

  /** Ends the upload. */
  public void end() {
    stream().onCompleted();
  }

  public PutObjectResponse await() {
    try {
      return answer.get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException failure
          ? failure
          : Status.fromThrowable(e).asRuntimeException();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  public void cancel() {
    stream().cancel("the test wants it so", null);
  }

  @Override
  public void close() {
    if (!isOver()) {
      cancel();
    }
  }
}
