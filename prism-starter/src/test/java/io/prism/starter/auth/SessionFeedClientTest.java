package io.prism.starter.auth;

import static io.prism.session.internal.v1.SessionCondition.SESSION_CONDITION_ACTIVE;
import static io.prism.session.internal.v1.SessionCondition.SESSION_CONDITION_CLOSED;
import static io.prism.session.internal.v1.SessionCondition.SESSION_CONDITION_READ_ONLY;
import static io.prism.session.internal.v1.SessionCondition.SESSION_CONDITION_TERMINATING;
import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.prism.queue.v1.GetTopicInfoRequest;
import io.prism.queue.v1.Message;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.session.internal.v1.SessionUsage;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.FakeSessionFeed;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import io.prism.starter.testing.TokenMinter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract, section 1: the session feed, and what sessions may do as it speaks. */
final class SessionFeedClientTest {

  private static final String INTERNAL_TOKEN = "0123456789abcdef0123456789abcdef";
  private static final TokenMinter minter = new TokenMinter();

  private final FakeSessionFeed feed = new FakeSessionFeed();
  private final ConcurrentLinkedQueue<StreamObserver<PublishResponse>> unanswered =
      new ConcurrentLinkedQueue<>();
  private final TestQueue queue =
      new TestQueue().onPublish((request, response) -> unanswered.add(response));
  private final SessionRegistry registry =
      new SessionRegistry(Duration.ofMinutes(5), Clock.systemUTC());
  private final SessionFeedClient client = client(registry, Duration.ofSeconds(5));
  private final PrismTestServer server = server(registry);
  private @Nullable PrismTestServer other;

  @AfterEach
  void stop() {
    server.close();
    if (other != null) {
      other.close();
    }
    client.stop();
    feed.close();
  }

  @Test
  void callsAreUnavailableUntilTheFirstSnapshotIsComplete() {
    Session session = minter.session().build();
    StatusRuntimeException failure =
        failsWith(CallReason.SESSION_STATE_UNAVAILABLE, () -> read(session));
    assertThat(detail(failure, RetryInfo.class)).isPresent();
    client.start();
    Await.until("the snapshot", registry::isFresh);
    read(session);
  }

  @Test
  void aStreamTellsWhoItIs() {
    client.start();
    Await.until("the first report", () -> !feed.reports().isEmpty());
    assertThat(feed.reports().getFirst().getServicesList())
        .containsExactly("prism.queue.v1.QueueService");
    assertThat(feed.reports().getFirst().getFeaturesList()).containsExactly("queue.redelivery");
    assertThat(feed.headers().getFirst().get(InternalGuard.TOKEN)).isEqualTo(INTERNAL_TOKEN);
    Await.until("more reports", () -> feed.reports().size() > 2);
    assertThat(feed.reports().get(1).getServicesList()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "SESSION_CONDITION_CLOSED, SESSION_CLOSED",
    "SESSION_CONDITION_EXPIRED, SESSION_EXPIRED",
  })
  void aSessionThatIsOverIsRefusedAndItsStreamsEndWithUnauthenticatedWithinOneSecond(
      io.prism.session.internal.v1.SessionCondition condition, CallReason reason) {
    startClient();
    Session session = minter.session().build();
    Session unconcerned = minter.session().build();
    Received<Message> stream = subscribe(session);
    Received<Message> otherStream = subscribe(unconcerned);
    long told = System.nanoTime();
    feed.tell(session.id(), condition, 1);
    Throwable end = stream.awaitFailure();
    assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(1));
    assertThat(reasonOf(end)).isEqualTo(reason.name());
    assertThat(Status.fromThrowable(end).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    failsWith(reason, () -> read(session));
    read(unconcerned);
    assertThat(otherStream.isOver()).isFalse();
  }

  @Test
  void aSessionClosedBeforeItWasEverSeenHereIsRefused() {
    Session session = minter.session().build();
    feed.tell(session.id(), SESSION_CONDITION_CLOSED, 1);
    startClient();
    failsWith(CallReason.SESSION_CLOSED, () -> read(session));
    Received<Message> stream = new Received<>();
    queue(session).subscribe(SubscribeRequest.getDefaultInstance(), stream);
    assertThat(reasonOf(stream.awaitFailure())).isEqualTo("SESSION_CLOSED");
  }

  @Test
  void terminatingRunningOperationsFinishAndNewOnesAreRefused() {
    startClient();
    Session session = minter.session().build();
    Received<PublishResponse> running = publish(session);
    feed.tell(session.id(), SESSION_CONDITION_TERMINATING, 1);
    Await.until("the refusal", () -> refused(session));
    failsWith(CallReason.SESSION_TERMINATING, () -> read(session));
    answer();
    running.awaitCompletion();
  }

  @Test
  void readOnlyRpcsMarkedWriteAreRefusedUntilTheSessionIsActiveAgain() {
    startClient();
    Session session = minter.session().build();
    feed.tell(session.id(), SESSION_CONDITION_READ_ONLY, 1);
    Await.until("the refusal", () -> writeRefused(session));
    read(session);
    feed.tell(session.id(), SESSION_CONDITION_ACTIVE, 2);
    Await.until("writing again", () -> !writeRefused(session));
  }

  @Test
  void anOlderVersionIsIgnored() {
    startClient();
    Session session = minter.session().build();
    read(session);
    feed.tell(session.id(), SESSION_CONDITION_CLOSED, 7);
    Await.until("the refusal", () -> refused(session));
    feed.tell(session.id(), SESSION_CONDITION_ACTIVE, 6);
    Session marker = minter.session().build();
    feed.tell(marker.id(), SESSION_CONDITION_CLOSED, 1);
    Await.until("the message after", () -> refused(marker));
    failsWith(CallReason.SESSION_CLOSED, () -> read(session));
  }

  @Test
  void aChangeThatWasMissedWhileTheFeedWasDownComesWithTheNextSnapshot() {
    startClient();
    Session closed = minter.session().build();
    Session activeAgain = minter.session().build();
    feed.tell(activeAgain.id(), SESSION_CONDITION_READ_ONLY, 1);
    Await.until("read-only", () -> writeRefused(activeAgain));
    Received<Message> stream = subscribe(closed);

    feed.stop();
    Await.until("the loss", () -> feed.openStreams() == 0);
    feed.tell(closed.id(), SESSION_CONDITION_CLOSED, 1);
    feed.forgetSilently(activeAgain.id());
    // Established sessions go on meanwhile.
    read(closed);
    feed.start();

    assertThat(reasonOf(stream.awaitFailure())).isEqualTo("SESSION_CLOSED");
    Await.until("active again", () -> !writeRefused(activeAgain));
  }

  @Test
  void withoutTheFeedCallsGoOnForMaxStalenessAndAreThenUnavailable() {
    SessionRegistry impatient = new SessionRegistry(Duration.ofMillis(700), Clock.systemUTC());
    SessionFeedClient feedClient = client(impatient, Duration.ofSeconds(5));
    PrismTestServer impatientServer = server(impatient);
    other = impatientServer;
    feedClient.start();
    try {
      Await.until("the snapshot", impatient::isFresh);
      Session session = minter.session().build();
      ManagedChannel channel = impatientServer.channel(minter.token(session));
      read(channel);
      feed.stop();
      read(channel);
      Await.until("staleness", () -> !impatient.isFresh());
      failsWith(CallReason.SESSION_STATE_UNAVAILABLE, () -> read(channel));
      feed.start();
      Await.until("the feed", impatient::isFresh);
      read(channel);
    } finally {
      feedClient.stop();
    }
  }

  @Test
  void aFeedThatFallsSilentIsOpenedAnew() {
    SessionFeedClient impatient = client(registry, Duration.ofMillis(200));
    impatient.start();
    try {
      Await.until("the snapshot", registry::isFresh);
      feed.acknowledging(false);
      int before = feed.streamsOpened();
      Await.until("a new stream", () -> feed.streamsOpened() > before);
    } finally {
      feed.acknowledging(true);
      impatient.stop();
    }
  }

  @Test
  void useIsReportedExactlyOnceThoughStreamsBreakBeforeAndAfterReportsAreStored() {
    startClient();
    Session session = minter.session().build();
    ManagedChannel channel = server.channel(minter.token(session));
    int calls = 0;
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 25; i++) {
        read(channel);
        calls++;
      }
      switch (round) {
        case 0 -> feed.acknowledging(false);
        case 1 -> feed.storing(false);
        default -> feed.acknowledging(round == 3);
      }
      for (int i = 0; i < 25; i++) {
        read(channel);
        calls++;
      }
      int before = feed.streamsOpened();
      feed.breakStreams();
      feed.storing(true);
      feed.acknowledging(true);
      Await.until("a new stream", () -> feed.streamsOpened() > before);
    }
    long expected = calls;
    Await.value("all calls", () -> feed.requestsOf(session.id()), sum -> sum >= expected);
    long settled = feed.reports().size();
    Await.until("two more reports", () -> feed.reports().size() > settled + 2);
    assertThat(feed.requestsOf(session.id())).isEqualTo(expected);
  }

  @Test
  void bytesOpenStreamsAndPendingOperationsAreReported() {
    startClient();
    Session session = minter.session().build();
    Received<Message> stream = subscribe(session);
    Received<PublishResponse> operation =
        publish(session, PublishRequest.newBuilder().setPayload(payload(100_000)).build());
    SessionUsage open =
        Await.value(
            "the stream and the operation",
            () -> last(session),
            usage -> usage.getActiveStreams() == 1 && usage.getPendingOperations() == 1);
    assertThat(open.getIdle().getSeconds()).isZero();
    assertThat(bytesReceived(session)).isBetween(100_000L, 101_000L);

    answer(PublishResponse.newBuilder().setMessageId("m".repeat(50_000)).build());
    operation.awaitCompletion();
    Await.until("the answer's bytes", () -> bytesSent(session) >= 50_000);
    assertThat(bytesSent(session)).isLessThan(51_000);
    Await.until("the operation to end", () -> last(session).getPendingOperations() == 0);
    assertThat(stream.isOver()).isFalse();
    assertThat(last(session).getActiveStreams()).isEqualTo(1);
    feed.tell(session.id(), SESSION_CONDITION_CLOSED, 1);
    Await.until("the stream to end", () -> last(session).getActiveStreams() == 0);
    assertThat(feed.requestsOf(session.id())).isEqualTo(2);
  }

  @Test
  void refusedCallsAreNoUse() {
    startClient();
    Session session = minter.session().permissions("queue:read").build();
    ManagedChannel channel = server.channel(minter.token(session));
    failsWith(
        CallReason.PERMISSION_DENIED,
        () ->
            QueueServiceGrpc.newBlockingStub(channel).publish(PublishRequest.getDefaultInstance()));
    read(channel);
    Await.until("the report", () -> feed.requestsOf(session.id()) > 0);
    assertThat(feed.requestsOf(session.id())).isEqualTo(1);
  }

  @Test
  void theLastUseIsReportedWhenTheInstanceStops() {
    startClient();
    Session session = minter.session().build();
    for (int i = 0; i < 10; i++) {
      read(session);
    }
    Await.until("the calls to end", () -> server.inFlight().calls() == 0);
    client.stop();
    assertThat(feed.requestsOf(session.id())).isEqualTo(10);
  }

  private void startClient() {
    client.start();
    Await.until("the snapshot", registry::isFresh);
  }

  private SessionFeedClient client(SessionRegistry registry, Duration silenceTimeout) {
    return new SessionFeedClient(
        registry,
        new SessionProperties.Feed(
            feed.address(), false, Duration.ofMillis(20), silenceTimeout, Duration.ofMinutes(5)),
        () -> Grpc.newChannelBuilder(feed.address(), InsecureChannelCredentials.create()).build(),
        INTERNAL_TOKEN,
        List.of("prism.queue.v1.QueueService"),
        List.of("queue.redelivery"));
  }

  private PrismTestServer server(SessionRegistry registry) {
    return PrismTestServer.of(queue).tokens(minter).registry(registry).sessionsKnown(false).start();
  }

  private QueueServiceGrpc.QueueServiceStub queue(Session session) {
    return QueueServiceGrpc.newStub(server.channel(minter.token(session)));
  }

  private void read(Session session) {
    read(server.channel(minter.token(session)));
  }

  private static void read(ManagedChannel channel) {
    QueueServiceGrpc.newBlockingStub(channel)
        .getTopicInfo(GetTopicInfoRequest.getDefaultInstance());
  }

  private boolean refused(Session session) {
    try {
      read(session);
      return false;
    } catch (StatusRuntimeException e) {
      return true;
    }
  }

  private boolean writeRefused(Session session) {
    Received<PublishResponse> answer = new Received<>();
    int before = queue.published();
    queue(session).publish(PublishRequest.getDefaultInstance(), answer);
    Await.until("an answer", () -> answer.isOver() || queue.published() > before);
    if (answer.isOver()) {
      assertThat(reasonOf(answer.awaitFailure())).isEqualTo("SESSION_READ_ONLY");
      return true;
    }
    answer();
    return false;
  }

  private Received<Message> subscribe(Session session) {
    int before = server.liveStreams().size();
    Received<Message> stream = new Received<>();
    queue(session).subscribe(SubscribeRequest.getDefaultInstance(), stream);
    Await.until("the stream to open", () -> server.liveStreams().size() > before);
    return stream;
  }

  private Received<PublishResponse> publish(Session session) {
    return publish(session, PublishRequest.getDefaultInstance());
  }

  private Received<PublishResponse> publish(Session session, PublishRequest request) {
    int before = unanswered.size();
    Received<PublishResponse> call = new Received<>();
    queue(session).publish(request, call);
    Await.until("the call to arrive", () -> unanswered.size() > before);
    return call;
  }

  private void answer() {
    answer(PublishResponse.getDefaultInstance());
  }

  private void answer(PublishResponse answer) {
    StreamObserver<PublishResponse> response =
        Await.value("a call", unanswered::poll, polled -> polled != null);
    response.onNext(answer);
    response.onCompleted();
  }

  private SessionUsage last(Session session) {
    List<SessionUsage> usage = feed.usageOf(session.id());
    return usage.isEmpty() ? SessionUsage.getDefaultInstance() : usage.getLast();
  }

  private long bytesReceived(Session session) {
    return feed.usageOf(session.id()).stream().mapToLong(SessionUsage::getBytesReceived).sum();
  }

  private long bytesSent(Session session) {
    return feed.usageOf(session.id()).stream().mapToLong(SessionUsage::getBytesSent).sum();
  }

  private static ByteString payload(int size) {
    return ByteString.copyFrom(new byte[size]);
  }
}
