package io.prism.reader.testing;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.starter.testing.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A client that takes of a stream only what it is told to. */
public final class SlowClient<Q, R> implements ClientResponseObserver<Q, R> {

  private final List<R> received = new CopyOnWriteArrayList<>();
  private volatile @Nullable ClientCallStreamObserver<Q> call;
  private volatile @Nullable Throwable failure;
  private volatile boolean completed;

  /** Starts a call, and takes nothing of it yet. */
  public static <Q, R> SlowClient<Q, R> start(
      BiConsumer<Q, io.grpc.stub.StreamObserver<R>> rpc, Q request) {
    SlowClient<Q, R> client = new SlowClient<>();
    rpc.accept(request, client);
    return client;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    call = stream;
    stream.disableAutoRequestWithInitial(0);
  }

  /** Takes so many messages and waits for them. */
  public List<R> take(int messages) {
    int before = received.size();
    stream().request(messages);
    Await.until("messages", () -> received.size() >= before + messages || isOver());
    return received;
  }

  /** Takes all that is left. */
  public List<R> takeAll() {
    stream().request(Integer.MAX_VALUE);
    Await.until("the end", this::isOver);
    return received;
  }

  public void cancel() {
    stream().cancel("enough", null);
  }

  public boolean hasFailed() {
    return failure != null;
  }

  /** Why the call failed, which it must have. */
  public Throwable failure() {
    Throwable why = failure;
    if (why == null) {
      throw new AssertionError("the call was to fail");
    }
    return why;
  }

  private boolean isOver() {
    return completed || failure != null;
  }

  private ClientCallStreamObserver<Q> stream() {
    ClientCallStreamObserver<Q> started = call;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  @Override
  public void onNext(R message) {
    received.add(message);
  }

  @Override
  public void onError(Throwable why) {
    failure = why;
  }

  @Override
  public void onCompleted() {
    completed = true;
  }
}
