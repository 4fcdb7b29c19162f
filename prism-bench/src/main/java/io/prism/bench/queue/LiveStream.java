package io.prism.bench.queue;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.bench.load.WorkNotDone;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A subscription whose messages are taken as they come. */
public final class LiveStream implements AutoCloseable {
  private static final long LIMIT_SECONDS = 30;

  private final ClientCall<SubscribeRequest, Message> call;
  private final CompletableFuture<Void> live = new CompletableFuture<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();

  private LiveStream(Channel channel) {
    call = channel.newCall(QueueServiceGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
  }

  /**
   * Subscribes, and returns at once.
   *
   * @param messages takes each message, on the thread that read it
   */
  public static LiveStream open(
      Channel channel, SubscribeRequest request, Consumer<Message> messages) {
    LiveStream stream = new LiveStream(channel);
    stream.start(request, messages);
    return stream;
  }

  private void start(SubscribeRequest request, Consumer<Message> messages) {
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            live.complete(null);
          }

          @Override
          public void onMessage(Message message) {
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
    call.sendMessage(request);
    call.halfClose();
    call.request(1);
  }

  /** Returns when whatever is published from now on arrives. */
  public LiveStream awaitLive() throws InterruptedException {
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
