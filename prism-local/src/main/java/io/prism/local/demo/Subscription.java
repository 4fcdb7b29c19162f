package io.prism.local.demo;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One open subscription, read one message at a time.
 *
 * @param <T> what arrives
 */
final class Subscription<T> implements AutoCloseable {

  private static final int WAIT_SECONDS = 30;

  private final BlockingQueue<T> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> live = new CompletableFuture<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final Runnable cancel;

  private <Q> Subscription(ManagedChannel channel, MethodDescriptor<Q, T> method, Q request) {
    ClientCall<Q, T> call = channel.newCall(method, CallOptions.DEFAULT);
    cancel = () -> call.cancel("the demo is done with it", null);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            live.complete(null);
          }

          @Override
          public void onMessage(T message) {
            received.add(message);
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

  /** Returns when the subscription is live: what is published from now on arrives. */
  static <Q, T> Subscription<T> open(
      ManagedChannel channel, MethodDescriptor<Q, T> method, Q request)
      throws InterruptedException {
    Subscription<T> subscription = new Subscription<>(channel, method, request);
    try {
      subscription.live.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      subscription.close();
      throw new UnexpectedOutcome("the subscription did not become live: " + e.getMessage());
    }
    return subscription;
  }

  T next() throws InterruptedException {
    T message = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new UnexpectedOutcome("no message within " + WAIT_SECONDS + " s");
    }
    return message;
  }

  /** How the service has ended it. */
  Status end() throws InterruptedException {
    try {
      return ended.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnexpectedOutcome("the subscription did not end within " + WAIT_SECONDS + " s");
    }
  }

  @Override
  public void close() {
    cancel.run();
  }
}
