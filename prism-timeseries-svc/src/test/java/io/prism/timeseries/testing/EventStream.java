package io.prism.timeseries.testing;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.timeseries.v1.Event;
import io.prism.timeseries.v1.StreamEventsResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One StreamEvents of a client that sends when it may. */
public final class EventStream implements ClientResponseObserver<Event, StreamEventsResponse> {

  private final CompletableFuture<StreamEventsResponse> answer = new CompletableFuture<>();
  private final Semaphore ready = new Semaphore(0);
  private @Nullable ClientCallStreamObserver<Event> call;

  public EventStream(Client client) {
    var _ = client.async().streamEvents(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Event> started) {
    call = started;
    started.setOnReadyHandler(ready::release);
  }

  private ClientCallStreamObserver<Event> call() {
    ClientCallStreamObserver<Event> started = call;
    if (started == null) {
      throw new IllegalStateException("the call was not started");
    }
    return started;
  }

  /** Sends an event, as soon as gRPC takes one; false when that is not so for a while. */
  public boolean send(Event event, long patienceMillis) {
    try {
      while (!call().isReady() && !answer.isDone()) {
        if (!ready.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    call().onNext(event);
    return true;
  }

  public void send(Event event) {
    if (!send(event, 20_000)) {
      throw new AssertionError("the service takes no more events");
    }
  }

  /** Ends the stream and waits for the answer. */
  public StreamEventsResponse finish() {
    call().onCompleted();
    return answer.orTimeout(60, TimeUnit.SECONDS).join();
  }

  public void cancel() {
    call().cancel("the test is done with it", null);
  }

  @Override
  public void onNext(StreamEventsResponse response) {
    answer.complete(response);
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
    ready.release();
  }

  @Override
  public void onCompleted() {}
}
