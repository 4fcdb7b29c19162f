package io.prism.starter.call;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.failureOf;
import static io.prism.starter.testing.Failures.infoOf;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.RateLimitConfig;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.starter.auth.SessionInterceptor;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, section 0: rate limit, overload, request ids; and deadlines. */
final class CallLimitsTest {

  private final ConcurrentLinkedQueue<StreamObserver<PublishResponse>> unanswered =
      new ConcurrentLinkedQueue<>();
  private final TestQueue queue = new TestQueue();
  private final List<PrismTestServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(PrismTestServer::close);
  }

  @Test
  void tokenBucketPerSessionExceededIsRateLimitedWithRetryInfoAndQuotaFailure() {
    PrismTestServer server = start(10, 10);
    ManagedChannel limited = server.channel(server.tokens().session().config(limit(1, 3)).token());
    for (int i = 0; i < 3; i++) {
      read(limited);
    }
    StatusRuntimeException failure = failsWith(CallReason.RATE_LIMITED, () -> read(limited));
    Duration delay =
        Duration.ofNanos(
            Durations.toNanos(detail(failure, RetryInfo.class).orElseThrow().getRetryDelay()));
    assertThat(delay).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(detail(failure, QuotaFailure.class).orElseThrow().getViolations(0).getSubject())
        .isEqualTo("session");
    assertThat(infoOf(failure).getMetadataMap()).containsEntry("requests_per_second", "1");
    // Another session has a bucket of its own.
    read(server.channel(server.tokens().session().config(limit(1, 3)).token()));
    // And the bucket fills again.
    Await.until("the next token", () -> succeeds(limited));
  }

  @Test
  void withoutABurstTheRateIsTheBurstAndARateOfZeroIsNoLimit() {
    PrismTestServer server = start(10, 10);
    ManagedChannel limited = server.channel(server.tokens().session().config(limit(2, 0)).token());
    read(limited);
    read(limited);
    failsWith(CallReason.RATE_LIMITED, () -> read(limited));
    ManagedChannel unlimited =
        server.channel(server.tokens().session().config(limit(0, 1)).token());
    for (int i = 0; i < 50; i++) {
      read(unlimited);
    }
  }

  @Test
  void unaryCallsAboveTheBoundAreShedWithOverloadedAndRetryInfo() {
    PrismTestServer server = start(2, 10);
    queue.onPublish((request, response) -> unanswered.add(response));
    QueueServiceGrpc.QueueServiceStub client =
        QueueServiceGrpc.newStub(server.channel("test", "*:admin"));
    Received<PublishResponse> first = new Received<>();
    client.publish(PublishRequest.getDefaultInstance(), first);
    client.publish(PublishRequest.getDefaultInstance(), new Received<>());
    Await.until("both calls", () -> unanswered.size() == 2);
    Received<PublishResponse> third = new Received<>();
    client.publish(PublishRequest.getDefaultInstance(), third);
    Throwable failure = third.awaitFailure();
    assertThat(reasonOf(failure)).isEqualTo("OVERLOADED");
    assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(detail(failure, RetryInfo.class)).isPresent();

    // A stream has a bound of its own, and a call that ends makes room.
    client.subscribe(SubscribeRequest.getDefaultInstance(), new Received<>());
    Await.until("the stream", () -> server.liveStreams().size() == 1);
    unanswered.forEach(
        response -> {
          response.onNext(PublishResponse.getDefaultInstance());
          response.onCompleted();
        });
    first.awaitCompletion();
    Await.until("room", () -> server.inFlight().calls() == 0);
    read(server.channel("test", "*:admin"));
  }

  @Test
  void streamsAboveTheBoundAreShedWithOverloaded() {
    PrismTestServer server = start(10, 1);
    QueueServiceGrpc.QueueServiceStub client =
        QueueServiceGrpc.newStub(server.channel("test", "*:admin"));
    Context.CancellableContext first = Context.current().withCancellation();
    first.run(() -> client.subscribe(SubscribeRequest.getDefaultInstance(), new Received<>()));
    Await.until("the stream", () -> server.liveStreams().size() == 1);
    Received<Message> second = new Received<>();
    client.subscribe(SubscribeRequest.getDefaultInstance(), second);
    assertThat(reasonOf(second.awaitFailure())).isEqualTo("OVERLOADED");
    first.cancel(null);
    Await.until("room", () -> server.inFlight().streams() == 0);
    client.subscribe(SubscribeRequest.getDefaultInstance(), new Received<>());
    Await.until("the next stream", () -> server.liveStreams().size() == 1);
  }

  @Test
  void aRequestIdIsMadeWhenAbsentAndEchoed() {
    PrismTestServer server = start(10, 10);
    AtomicReference<String> seen = new AtomicReference<>();
    queue.onPublish(
        (request, response) -> {
          seen.set(RequestId.current());
          response.onNext(PublishResponse.getDefaultInstance());
          response.onCompleted();
        });
    String echoed = echoedId(server, null);
    assertThat(echoed).hasSizeGreaterThan(15).isEqualTo(seen.get());
    assertThat(echoedId(server, null)).isNotEqualTo(echoed);
  }

  @Test
  void aRequestIdOfTheClientIsKept() {
    assertThat(echoedId(start(10, 10), "my-id:42")).isEqualTo("my-id:42");
  }

  @Test
  void anInsaneRequestIdIsReplaced() {
    PrismTestServer server = start(10, 10);
    assertThat(echoedId(server, "x".repeat(129))).isNotEqualTo("x".repeat(129)).isNotEmpty();
    assertThat(echoedId(server, "a b")).isNotEqualTo("a b").isNotEmpty();
    assertThat(echoedId(server, "")).isNotEmpty();
  }

  @Test
  void aFailedCallHasTheRequestIdInItsTrailers() {
    PrismTestServer server = start(10, 10);
    Metadata headers = new Metadata();
    headers.put(RequestId.METADATA, "my-id");
    StatusRuntimeException failure = failureOf(() -> read(server.channel(headers)));
    assertThat(failure.getTrailers().get(RequestId.METADATA)).isEqualTo("my-id");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theRemainingTimeIsTheSmallerOfDeadlineAndLimit(boolean blocking) {
    PrismTestServer server = start(blocking);
    AtomicReference<Duration> within = new AtomicReference<>();
    AtomicReference<Duration> limited = new AtomicReference<>();
    queue.onPublish(
        (request, response) -> {
          within.set(Deadlines.remaining(Duration.ofHours(1)));
          limited.set(Deadlines.remaining(Duration.ofMillis(5)));
          response.onNext(PublishResponse.getDefaultInstance());
          response.onCompleted();
        });
    QueueServiceGrpc.newBlockingStub(server.channel("test", "*:admin"))
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .publish(PublishRequest.getDefaultInstance());
    assertThat(within.get()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
    assertThat(limited.get()).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void withoutADeadlineTheRemainingTimeIsTheLimitAndAfterItNothingRemains() throws Exception {
    assertThat(Deadlines.remaining(Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
    var timer = java.util.concurrent.Executors.newSingleThreadScheduledExecutor();
    try (Context.CancellableContext past =
        Context.current().withDeadline(Deadline.after(-1, TimeUnit.SECONDS), timer)) {
      past.run(
          () -> {
            PrismException failure =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                    PrismException.class, () -> Deadlines.remaining(Duration.ofSeconds(7)));
            assertThat(failure.reason()).isEqualTo(CallReason.DEADLINE_EXCEEDED);
          });
    } finally {
      timer.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDeadlineOfACallCancelsItsContext(boolean blocking) {
    PrismTestServer server = start(blocking);
    AtomicReference<Context> context = new AtomicReference<>();
    queue.onPublish((request, response) -> context.set(Context.current()));
    StatusRuntimeException failure =
        failureOf(
            () ->
                QueueServiceGrpc.newBlockingStub(server.channel("test", "*:admin"))
                    .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                    .publish(PublishRequest.getDefaultInstance()));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    Await.until("the cancellation", () -> context.get() != null && context.get().isCancelled());
    Await.until("the end of the call", () -> server.inFlight().calls() == 0);
  }

  private PrismTestServer start(int calls, int streams) {
    return start(new CallProperties(false, calls, streams, Duration.ZERO, Duration.ZERO));
  }

  private PrismTestServer start(boolean blocking) {
    return start(new CallProperties(blocking, 10, 10, Duration.ZERO, Duration.ZERO));
  }

  private PrismTestServer start(CallProperties properties) {
    PrismTestServer server = PrismTestServer.of(queue).properties(properties).start();
    servers.add(server);
    return server;
  }

  private static ClientConfig limit(int perSecond, int burst) {
    return ClientConfig.newBuilder()
        .setRateLimit(RateLimitConfig.newBuilder().setRequestsPerSecond(perSecond).setBurst(burst))
        .build();
  }

  private static boolean succeeds(ManagedChannel channel) {
    try {
      read(channel);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private static void read(ManagedChannel channel) {
    QueueServiceGrpc.newBlockingStub(channel)
        .getTopicInfo(GetTopicInfoRequest.getDefaultInstance());
  }

  /** The id in the response headers of a call that sends this one. */
  private static @Nullable String echoedId(PrismTestServer server, @Nullable String sent) {
    Metadata headers = new Metadata();
    headers.put(SessionInterceptor.TOKEN, server.tokens().session().token());
    if (sent != null) {
      headers.put(RequestId.METADATA, sent);
    }
    AtomicReference<Metadata> received = new AtomicReference<>();
    ClientCall<PublishRequest, PublishResponse> call =
        io.grpc.ClientInterceptors.intercept(
                server.channel(headers),
                MetadataUtils.newCaptureMetadataInterceptor(received, new AtomicReference<>()))
            .newCall(QueueServiceGrpc.getPublishMethod(), io.grpc.CallOptions.DEFAULT);
    ClientCalls.blockingUnaryCall(call, PublishRequest.getDefaultInstance());
    return Objects.requireNonNull(received.get()).get(RequestId.METADATA);
  }
}
