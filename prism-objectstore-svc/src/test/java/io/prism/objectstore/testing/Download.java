package io.prism.objectstore.testing;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc.ObjectStoreServiceStub;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A download whose client takes messages when the test says so. */
public final class Download
    implements AutoCloseable, ClientResponseObserver<GetObjectRequest, GetObjectResponse> {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final AtomicReference<ByteString> content = new AtomicReference<>(ByteString.EMPTY);
  private final AtomicLong size = new AtomicLong();
  private final Consumer<ByteString> chunks;
  private volatile @Nullable ClientCallStreamObserver<GetObjectRequest> call;
  private volatile boolean all;

  /** Keeps what comes. */
  public Download(ObjectStoreServiceStub stub, GetObjectRequest request) {
    this.chunks = chunk -> content.updateAndGet(before -> before.concat(chunk));
    stub.getObject(request, this);
  }

  /**
   * Keeps nothing but the size.
   *
   * @param chunks is given all that comes, and may block
   */
  public Download(
      ObjectStoreServiceStub stub, GetObjectRequest request, Consumer<ByteString> chunks) {
    this.chunks = chunks;
    stub.getObject(request, this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<GetObjectRequest> started) {
    call = started;
    started.disableAutoRequestWithInitial(0);
  }

  private ClientCallStreamObserver<GetObjectRequest> stream() {
    ClientCallStreamObserver<GetObjectRequest> started = call;
    if (started == null) {
      throw new IllegalStateException("the call has not begun");
    }
    return started;
  }

  @Override
  public void onNext(GetObjectResponse message) {
    chunks.accept(message.getChunk());
    size.addAndGet(message.getChunk().size());
    if (all) {
      stream().request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    end.complete(null);
  }

  /** Takes so many messages. */
  public void take(int messages) {
    stream().request(messages);
  }

  /** Takes all that come from now on. */
  public void takeAll() {
    all = true;
    stream().request(1);
  }

  public long size() {
    return size.get();
  }

  public ByteString content() {
    return Objects.requireNonNull(content.get());
  }

  public void awaitEnd() {
    awaitEnd(LIMIT);
  }

  public void awaitEnd(Duration limit) {
    try {
      end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException failure
          ? failure
          : Status.fromThrowable(e).asRuntimeException();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (!end.isDone()) {
      stream().cancel("the test has seen enough", null);
    }
  }
}
