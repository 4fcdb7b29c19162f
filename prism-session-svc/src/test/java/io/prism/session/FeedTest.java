package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.prism.queue.v1.SubscribeRequest;
import io.prism.session.internal.v1.ServiceReport;
import io.prism.session.internal.v1.SessionChange;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionFeedGrpc;
import io.prism.session.internal.v1.SessionState;
import io.prism.session.internal.v1.SessionUsage;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CloseSessionResponse;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.GetSessionRequest;
import io.prism.session.v1.GetSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.SessionStatus;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Received;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Section 1 of the contract: the session feed. */
final class FeedTest {

  private final SessionReplica replica = SharedReplica.get();

  private SessionFeedGrpc.SessionFeedStub stub() {
    Metadata headers = new Metadata();
    headers.put(InternalGuard.TOKEN, SessionReplica.INTERNAL_TOKEN);
    return SessionFeedGrpc.newStub(
        ClientInterceptors.intercept(
            replica.channel(), MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  private static ServiceReport.Builder report(String instance, long sequence) {
    return ServiceReport.newBuilder().setInstanceId(instance).setSequence(sequence);
  }

  private static SessionUsage.Builder usage(CreateSessionResponse session) {
    return SessionUsage.newBuilder()
        .setSessionId(session.getSessionId())
        .setIdle(Durations.fromMillis(1));
  }

  private CloseSessionResponse close(CreateSessionResponse session, boolean force) {
    return replica
        .sessions(session.getSessionToken())
        .closeSession(CloseSessionRequest.newBuilder().setForce(force).build());
  }

  private GetSessionResponse get(CreateSessionResponse session) {
    return replica
        .sessions(session.getSessionToken())
        .getSession(GetSessionRequest.getDefaultInstance());
  }

  private static boolean tells(
      Received<SessionChange> changes, CreateSessionResponse session, SessionCondition condition) {
    return changes.messages().stream()
        .flatMap(change -> change.getSessionsList().stream())
        .anyMatch(
            state ->
                state.getSessionId().equals(session.getSessionId())
                    && state.getCondition() == condition);
  }

  private static void awaitSnapshot(Received<SessionChange> changes) {
    Await.until(
        "the snapshot",
        () -> changes.messages().stream().anyMatch(SessionChange::getSnapshotComplete));
  }

  @Test
  void onlyInstancesOfTheDeploymentAreLetIn() {
    Received<SessionChange> changes = new Received<>();
    SessionFeedGrpc.newStub(replica.channel())
        .sync(changes)
        .onNext(report(UUID.randomUUID().toString(), 1).build());
    assertThat(reasonOf(changes.awaitFailure()))
        .isEqualTo(CallReason.INTERNAL_CREDENTIALS_INVALID.name());
  }

  @Test
  void firstASnapshotThenChangesAsTheyHappen() {
    CreateSessionResponse before = replica.create();
    CreateSessionResponse after = replica.create();
    close(before, true);
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = stub().sync(changes);
    reports.onNext(report(UUID.randomUUID().toString(), 1).build());
    awaitSnapshot(changes);
    assertThat(tells(changes, before, SessionCondition.SESSION_CONDITION_CLOSED)).isTrue();
    assertThat(tells(changes, after, SessionCondition.SESSION_CONDITION_CLOSED)).isFalse();
    close(after, true);
    Await.until(
        "the change", () -> tells(changes, after, SessionCondition.SESSION_CONDITION_CLOSED));
    reports.onCompleted();
    changes.awaitCompletion();
  }

  @Test
  void everyStoredReportIsAcknowledgedAndCountedOnce() {
    CreateSessionResponse session = replica.create();
    String instance = UUID.randomUUID().toString();
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = stub().sync(changes);
    ServiceReport first =
        report(instance, 1).addUsage(usage(session).setRequests(100).setBytesSent(7)).build();
    reports.onNext(first);
    reports.onNext(first);
    reports.onNext(
        report(instance, 2).addUsage(usage(session).setRequests(10).setActiveStreams(3)).build());
    reports.onNext(first);
    Await.until(
        "the acknowledgement",
        () ->
            changes.messages().stream().anyMatch(change -> change.getAcknowledgedSequence() == 2));
    GetSessionResponse got = get(session);
    assertThat(got.getMetrics().getRequestsProcessed()).isBetween(110L, 120L);
    assertThat(got.getMetrics().getActiveStreams()).isEqualTo(3);
    reports.onCompleted();
    changes.awaitCompletion();

    Received<SessionChange> again = new Received<>();
    StreamObserver<ServiceReport> reopened = stub().sync(again);
    reopened.onNext(report(instance, 2).addUsage(usage(session).setRequests(1_000)).build());
    awaitSnapshot(again);
    assertThat(get(session).getMetrics().getRequestsProcessed()).isBetween(110L, 150L);
    reopened.onCompleted();
  }

  @Test
  void theFeedSaysSomethingAtLeastEverySecond() {
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = stub().sync(changes);
    reports.onNext(report(UUID.randomUUID().toString(), 1).build());
    awaitSnapshot(changes);
    int before = changes.messages().size();
    long start = System.nanoTime();
    Await.until("three more words", () -> changes.messages().size() >= before + 3);
    assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
    reports.onCompleted();
  }

  @Test
  void aFaultyReportEndsTheStream() {
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = stub().sync(changes);
    reports.onNext(report("", 1).build());
    assertThat(reasonOf(changes.awaitFailure())).isEqualTo(CallReason.INVALID_ARGUMENT.name());
  }

  @Test
  void closingWithoutForceWaitsForPendingOperations() {
    CreateSessionResponse session = replica.create();
    String instance = UUID.randomUUID().toString();
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = stub().sync(changes);
    reports.onNext(report(instance, 1).addUsage(usage(session).setPendingOperations(2)).build());
    awaitSnapshot(changes);
    CloseSessionResponse closing = close(session, false);
    assertThat(closing.getSuccess()).isFalse();
    assertThat(closing.getPendingOperations()).isEqualTo(2);
    assertThat(get(session).getStatus()).isEqualTo(SessionStatus.SESSION_STATUS_TERMINATING);
    failsWith(
        CallReason.SESSION_TERMINATING,
        () ->
            replica
                .configs(session.getSessionToken())
                .listConfigs(io.prism.config.v1.ListConfigsRequest.getDefaultInstance()));
    Await.until(
        "the change",
        () -> tells(changes, session, SessionCondition.SESSION_CONDITION_TERMINATING));
    reports.onNext(report(instance, 2).addUsage(usage(session).setPendingOperations(0)).build());
    Await.until(
        "the end", () -> tells(changes, session, SessionCondition.SESSION_CONDITION_CLOSED));
    failsWith(
        CallReason.SESSION_CLOSED,
        () ->
            replica
                .sessions(session.getSessionToken())
                .heartbeat(HeartbeatRequest.getDefaultInstance()));
    reports.onCompleted();
  }

  @Test
  void closingWithForceBreaksPendingOperationsOff() {
    CreateSessionResponse session = replica.create();
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = stub().sync(changes);
    reports.onNext(
        report(UUID.randomUUID().toString(), 1)
            .addUsage(usage(session).setPendingOperations(2))
            .build());
    awaitSnapshot(changes);
    CloseSessionResponse closed = close(session, true);
    assertThat(closed.getSuccess()).isTrue();
    assertThat(closed.getPendingOperations()).isEqualTo(2);
    reports.onCompleted();
  }

  @Test
  void versionsRiseWithEachChange() {
    CreateSessionResponse session = replica.create();
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = stub().sync(changes);
    reports.onNext(
        report(UUID.randomUUID().toString(), 1)
            .addUsage(usage(session).setPendingOperations(1))
            .build());
    awaitSnapshot(changes);
    close(session, false);
    close(session, true);
    Await.until(
        "the end", () -> tells(changes, session, SessionCondition.SESSION_CONDITION_CLOSED));
    List<Long> versions =
        changes.messages().stream()
            .flatMap(change -> change.getSessionsList().stream())
            .filter(state -> state.getSessionId().equals(session.getSessionId()))
            .map(SessionState::getVersion)
            .distinct()
            .toList();
    assertThat(versions).containsExactly(2L, 3L);
    reports.onCompleted();
  }

  @Test
  void metricsAreTrueOverAllServices() {
    try (VerifyingService one = new VerifyingService(replica);
        VerifyingService other = new VerifyingService(replica)) {
      CreateSessionResponse session = replica.create();
      for (VerifyingService service : List.of(one, other)) {
        Await.until("the feed is up", () -> service.registry().isFresh());
        var stub = service.stub(session.getSessionToken());
        for (int i = 0; i < 5; i++) {
          assertThat(stub.publish(VerifyingService.message()).getMessageId()).isEqualTo("t");
        }
      }
      Received<io.prism.queue.v1.Message> messages = new Received<>();
      one.asyncStub(session.getSessionToken())
          .subscribe(SubscribeRequest.getDefaultInstance(), messages);
      Await.until(
          "eleven calls and an open stream",
          () -> {
            GetSessionResponse got = get(session);
            return got.getMetrics().getRequestsProcessed() >= 11
                && got.getMetrics().getActiveStreams() == 1;
          });
      assertThat(replica.create().getSupportedFeaturesList())
          .contains("prism.queue.v1.QueueService", "queue.redelivery");
      close(session, true);
      assertThat(reasonOf(messages.awaitFailure()))
          .as("a live stream ends when its session closes")
          .isEqualTo(CallReason.SESSION_CLOSED.name());
    }
  }
}
