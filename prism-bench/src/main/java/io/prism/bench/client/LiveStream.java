package io.prism.bench.client;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.prism.bench.load.WorkNotDone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A subscription whose messages are taken as they come.
 *
 * @param <R> its messages
 */
public final class LiveStream<R> implements AutoCloseable {
  private static final long LIMIT_SECONDS = 30;

  private final ClientCall<?, R> call;
  private final CompletableFuture<Void> live = new CompletableFuture<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();

  private LiveStream(ClientCall<?, R> call) {
    this.call = call;
  }

  /**
   * Subscribes, and returns at once.
   *
   * @param messages takes each message, on the thread that read it
   */
  public static <Q, R> LiveStream<R> open(
      Channel channel, MethodDescriptor<Q, R> method, Q request, Consumer<R> messages) {
    ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
    LiveStream<R> stream = new LiveStream<>(call);
    stream.start(messages);
    call.sendMessage(request);
    call.halfClose();
    call.request(1);
    return stream;
  }

  private void start(Consumer<R> messages) {
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            live.complete(null);
          }

          @Override
          public void onMessage(R message) {
            messages.accept(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            live.completeExceptionally(status.asRuntimeException());
            ended.complete(status);
          }
        },
        new Metadata());
  }

  /** Returns when whatever is published from now on arrives. */
  public LiveStream<R> awaitLive() throws InterruptedException {
    try {
      live.get(LIMIT_SECONDS, SECONDS);
      return this;
    } catch (ExecutionException | TimeoutException e) {
      close();
      throw new WorkNotDone("a subscription did not become live", e);
    }
  }

  /** Completes when the stream is over, in whatever way. */
  public CompletableFuture<Status> ended() {
    return ended.copy();
  }

  @Override
  public void close() {
    call.cancel("no longer needed", null);
  }
}
