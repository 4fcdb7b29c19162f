package io.prism.starter.testing;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a client receives on a stream, kept in order.
 *
 * @param <T> the message
 */
public final class Received<T> implements StreamObserver<T> {

  private final List<T> messages = new CopyOnWriteArrayList<>();
  private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();

  @Override
  public void onNext(T message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(failure);
  }

  @Override
  public void onCompleted() {
    end.complete(null);
  }

  public List<T> messages() {
    return List.copyOf(messages);
  }

  /** Whether the stream is over. */
  public boolean isOver() {
    return end.isDone();
  }

  /** How the stream failed, if it has. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(end.getNow(null));
  }

  /** Waits for this many messages. */
  public List<T> awaitMessages(int count) {
    return Await.value(count + " messages", this::messages, list -> list.size() >= count);
  }

  /** Waits for the end, which must be a failure, and returns it. */
  public Throwable awaitFailure() {
    Await.until("the end of the stream", end::isDone);
    Throwable failure = end.join();
    if (failure == null) {
      throw new AssertionError("the stream ended with OK");
    }
    return failure;
  }

  /** Waits for the end with OK. */
  public void awaitCompletion() {
    Await.until("the end of the stream", end::isDone);
    Throwable failure = end.join();
    if (failure != null) {
      throw new AssertionError("the stream failed: " + Status.fromThrowable(failure), failure);
    }
  }
}
