package io.prism.starter.call;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DrainTest {

  private final List<String> steps = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<StreamObserver<PublishResponse>> unanswered =
      new ConcurrentLinkedQueue<>();
  private final TestQueue queue =
      new TestQueue().onPublish((request, response) -> unanswered.add(response));
  private final PrismTestServer server =
      PrismTestServer.of(queue, new HealthStatusManager().getHealthService()).start();
  private final QueueServiceGrpc.QueueServiceStub client =
      QueueServiceGrpc.newStub(server.channel("test", "queue:write"));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theOrderIsHealthThenFetchingThenUnaryCallsThenStreams() {
    CompletableFuture<Void> fetchingStopped = new CompletableFuture<>();
    Drain drain =
        drain(
            Duration.ofSeconds(10),
            () -> {
              steps.add("stop fetching");
              return fetchingStopped;
            });
    Received<Message> stream = subscribe();
    Received<PublishResponse> call = publish();

    Thread draining = Thread.startVirtualThread(drain::drain);
    Await.until("fetching to stop", () -> steps.size() == 2);
    assertThat(steps).containsExactly("not serving", "stop fetching");
    fetchingStopped.complete(null);

    // A call that comes during the drain is served.
    Received<PublishResponse> late = publish();
    answer(unanswered.remove());
    call.awaitCompletion();
    assertThat(stream.isOver()).isFalse();
    answer(unanswered.remove());
    late.awaitCompletion();

    Throwable end = stream.awaitFailure();
    assertThat(Status.fromThrowable(end).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(reasonOf(end)).isEqualTo("DRAINING");
    assertThat(detail(end, RetryInfo.class)).isPresent();
    Await.until("the drain to end", () -> !draining.isAlive());
  }

  @Test
  void aStreamThatComesAfterwardsEndsAtOnce() {
    drain(Duration.ofSeconds(10), () -> CompletableFuture.completedFuture(null)).drain();
    Received<Message> stream = new Received<>();
    client.subscribe(SubscribeRequest.getDefaultInstance(), stream);
    assertThat(reasonOf(stream.awaitFailure())).isEqualTo("DRAINING");
  }

  @Test
  void aCallThatNeverEndsAndAListenerThatNeverStopsHoldTheDrainForItsTimeoutOnly() {
    Received<PublishResponse> call = publish();
    Received<Message> stream = subscribe();
    Thread draining =
        Thread.startVirtualThread(drain(Duration.ofMillis(300), CompletableFuture::new)::drain);
    Await.until("the drain to end", Duration.ofSeconds(5), () -> !draining.isAlive());
    assertThat(reasonOf(stream.awaitFailure())).isEqualTo("DRAINING");
    assertThat(call.isOver()).isFalse();
  }

  @Test
  void aListenerThatFailsDoesNotStopTheDrain() {
    Received<Message> stream = subscribe();
    drain(
            Duration.ofSeconds(10),
            () -> {
              throw new IllegalStateException("no");
            })
        .drain();
    assertThat(reasonOf(stream.awaitFailure())).isEqualTo("DRAINING");
  }

  @Test
  void whoAsksAgainWaitsForTheFirst() {
    CompletableFuture<Void> fetchingStopped = new CompletableFuture<>();
    Drain drain = drain(Duration.ofSeconds(10), () -> fetchingStopped);
    Thread first = Thread.startVirtualThread(drain::drain);
    Await.until("the drain to begin", () -> !steps.isEmpty());
    Thread second = Thread.startVirtualThread(drain::drain);
    Await.until(
        "the second to wait", () -> second.getState() == Thread.State.WAITING || !second.isAlive());
    assertThat(second.isAlive()).isTrue();
    fetchingStopped.complete(null);
    Await.until("both to end", () -> !first.isAlive() && !second.isAlive());
    assertThat(steps).containsExactly("not serving");
  }

  @Test
  void somebodyWhoWatchesTheHealthDoesNotHoldUpTheDrain() {
    Received<HealthCheckResponse> watch = new Received<>();
    HealthGrpc.newStub(server.channel()).watch(HealthCheckRequest.getDefaultInstance(), watch);
    watch.awaitMessages(1);
    Thread draining =
        Thread.startVirtualThread(
            drain(Duration.ofMinutes(1), () -> CompletableFuture.completedFuture(null))::drain);
    Await.until("the drain to end", () -> !draining.isAlive());
  }

  private Drain drain(Duration timeout, DrainListener listener) {
    return new Drain(
        () -> steps.add("not serving"),
        List.of(listener),
        server.inFlight(),
        server.liveStreams(),
        new CallProperties(false, 2000, 10000, Duration.ofMillis(1), timeout));
  }

  private Received<Message> subscribe() {
    Received<Message> stream = new Received<>();
    client.subscribe(SubscribeRequest.getDefaultInstance(), stream);
    Await.until("the stream to open", () -> server.liveStreams().size() == 1);
    return stream;
  }

  private Received<PublishResponse> publish() {
    int before = unanswered.size();
    Received<PublishResponse> call = new Received<>();
    client.publish(PublishRequest.getDefaultInstance(), call);
    Await.until("the call to arrive", () -> unanswered.size() > before);
    return call;
  }

  private static void answer(StreamObserver<PublishResponse> response) {
    response.onNext(PublishResponse.getDefaultInstance());
    response.onCompleted();
  }
}
