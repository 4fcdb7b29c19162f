package io.prism.local.demo;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One open subscription, read one message at a time. */
final class Subscription implements AutoCloseable {

  private static final int WAIT_SECONDS = 30;

  private final ClientCall<SubscribeRequest, Message> call;
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> live = new CompletableFuture<>();

  private Subscription(ManagedChannel channel) {
    call = channel.newCall(QueueServiceGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
  }

  /** Returns when the subscription is live: what is published from now on arrives. */
  static Subscription open(ManagedChannel channel, SubscribeRequest request)
      throws InterruptedException {
    Subscription subscription = new Subscription(channel);
    subscription.start(request);
    try {
      subscription.live.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      subscription.close();
      throw new UnexpectedOutcome("the subscription did not become live: " + e.getMessage());
    }
    return subscription;
  }

  private void start(SubscribeRequest request) {
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            live.complete(null);
          }

          @Override
          public void onMessage(Message message) {
            received.add(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            live.completeExceptionally(status.asRuntimeException());
          }
        },
        new Metadata());
    call.sendMessage(request);
    call.halfClose();
    call.request(1);
  }

  Message next() throws InterruptedException {
    Message message = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new UnexpectedOutcome("no message within " + WAIT_SECONDS + " s");
    }
    return message;
  }

  @Override
  public void close() {
    call.cancel("the demo is done with it", null);
  }
}
