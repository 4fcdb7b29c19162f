package io.prism.objectstore.testing;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.objectstore.v1.GetObjectRequest;
import io.prism.objectstore.v1.GetObjectResponse;
import io.prism.objectstore.v1.ObjectStoreServiceGrpc.ObjectStoreServiceStub;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A download of which nothing is kept but its size and checksum. */
public final class Sink
    implements AutoCloseable, ClientResponseObserver<GetObjectRequest, GetObjectResponse> {

  private static final int LIMIT_MINUTES = 30;

  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final MessageDigest digest;
  private volatile @Nullable ClientCallStreamObserver<GetObjectRequest> call;
  private long size;
  private long every = Long.MAX_VALUE;
  private long next = Long.MAX_VALUE;
  private Runnable pause = () -> {};

  public Sink(ObjectStoreServiceStub stub, GetObjectRequest request) {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
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
    digest.update(message.getChunk().asReadOnlyByteBuffer());
    size += message.getChunk().size();
    if (size >= next) {
      next += every;
      pause.run();
    }
    stream().request(1);
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    end.complete(null);
  }

  /** Takes all, with a pause each time that so many bytes have come. */
  public void takeAll(long pauseEvery, Runnable pausing) {
    every = pauseEvery;
    next = pauseEvery;
    pause = pausing;
    stream().request(1);
  }

  public void awaitEnd() {
    try {
      end.get(LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException failure
          ? failure
          : Status.fromThrowable(e).asRuntimeException();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  public long size() {
    return size;
  }

  public String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() {
    if (!end.isDone()) {
      stream().cancel("the test has seen enough", null);
    }
  }
}
