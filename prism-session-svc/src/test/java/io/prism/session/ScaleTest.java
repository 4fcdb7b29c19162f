package io.prism.session;

import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.prism.admin.v1.CreateNamespaceRequest;
import io.prism.session.domain.SessionReason;
import io.prism.session.internal.v1.ServiceReport;
import io.prism.session.internal.v1.SessionChange;
import io.prism.session.internal.v1.SessionCondition;
import io.prism.session.internal.v1.SessionFeedGrpc;
import io.prism.session.internal.v1.SessionState;
import io.prism.session.internal.v1.SessionUsage;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Received;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ten thousand live sessions: create, report, sweep, feed. */
final class ScaleTest {

  private static final int SESSIONS = 10_000;
  private static final int IN_FLIGHT = 12;
  private static final java.time.Duration LIMIT = java.time.Duration.ofSeconds(60);

  private final SessionReplica replica = SharedReplica.get();

  private SessionFeedGrpc.SessionFeedStub feed() {
    return feed(replica.channel());
  }

  private static SessionFeedGrpc.SessionFeedStub feed(Channel channel) {
    Metadata headers = new Metadata();
    headers.put(InternalGuard.TOKEN, SessionReplica.INTERNAL_TOKEN);
    return SessionFeedGrpc.newStub(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  private static ServiceReport.Builder report(long sequence) {
    return ServiceReport.newBuilder().setSequence(sequence);
  }

  @Test
  void tenThousandSessionsAreCreatedReportedSweptAndFed() throws Exception {
    replica
        .admin(replica.create().getSessionToken())
        .createNamespace(CreateNamespaceRequest.newBuilder().setName("scale").build());
    long start = System.nanoTime();
    List<String> ids = createAll();
    double created = since(start);

    String instance = UUID.randomUUID().toString();
    Received<SessionChange> changes = new Received<>();
    StreamObserver<ServiceReport> reports = feed().sync(changes);
    start = System.nanoTime();
    reports.onNext(
        report(1)
            .setInstanceId(instance)
            .addAllUsage(ids.stream().map(ScaleTest::used).toList())
            .build());
    Await.until(
        "the report is booked",
        LIMIT,
        () -> changes.messages().stream().anyMatch(c -> c.getAcknowledgedSequence() == 1));
    double booked = since(start);

    Stalled stalled = new Stalled();
    ManagedChannel narrow = replica.narrowChannel();
    feed(narrow).sync(stalled);
    stalled.requests().onNext(report(1).setInstanceId(UUID.randomUUID().toString()).build());
    start = System.nanoTime();
    replica
        .bean(JdbcClient.class)
        .sql("update session set expires_at = now() where namespace = 'scale'")
        .update();
    Await.until("all are told to be expired", LIMIT, () -> expired(changes) == SESSIONS);
    double swept = since(start);

    start = System.nanoTime();
    Received<SessionChange> second = new Received<>();
    StreamObserver<ServiceReport> secondReports = feed().sync(second);
    secondReports.onNext(report(1).setInstanceId(UUID.randomUUID().toString()).build());
    Await.until(
        "the snapshot",
        LIMIT,
        () -> second.messages().stream().anyMatch(SessionChange::getSnapshotComplete));
    double snapshot = since(start);
    assertThat(expired(second)).isEqualTo(SESSIONS);
    assertThat(second.messages())
        .as("the snapshot comes in chunks of at most 1 000")
        .allMatch(change -> change.getSessionsCount() <= 1_000);

    System.out.printf(
        "%d sessions: created in %.1f s (%.0f/s), use of all booked in %.2f s, all swept and told"
            + " in %.1f s, snapshot in %.2f s%n",
        SESSIONS, created, SESSIONS / created, booked, swept, snapshot);
    stalled.takeEverything();
    Await.until("the slow instance is cut off", stalled.end::isDone);
    narrow.shutdownNow();
    assertThat(reasonOf(stalled.end.join()))
        .as("a slow instance is cut off")
        .isEqualTo(SessionReason.FEED_TOO_SLOW.name());
    reports.onCompleted();
    secondReports.onCompleted();
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static SessionUsage used(String id) {
    return SessionUsage.newBuilder()
        .setSessionId(id)
        .setRequests(3)
        .setIdle(Duration.getDefaultInstance())
        .build();
  }

  private static long expired(Received<SessionChange> changes) {
    return changes.messages().stream()
        .flatMap(change -> change.getSessionsList().stream())
        .filter(s -> s.getCondition() == SessionCondition.SESSION_CONDITION_EXPIRED)
        .map(SessionState::getSessionId)
        .distinct()
        .count();
  }

  private List<String> createAll() throws InterruptedException {
    ConcurrentLinkedQueue<String> ids = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    SessionServiceGrpc.SessionServiceStub stub = SessionServiceGrpc.newStub(replica.channel());
    CreateSessionRequest request = SessionReplica.request(SessionReplica.BOOTSTRAP_KEY, "scale");
    for (int i = 0; i < SESSIONS; i++) {
      inFlight.acquire();
      stub.createSession(
          request,
          new StreamObserver<>() {
            @Override
            public void onNext(CreateSessionResponse response) {
              ids.add(response.getSessionId());
            }

            @Override
            public void onError(Throwable failure) {
              failures.add(failure);
              inFlight.release();
            }

            @Override
            public void onCompleted() {
              inFlight.release();
            }
          });
    }
    inFlight.acquire(IN_FLIGHT);
    assertThat(failures).isEmpty();
    assertThat(ids).hasSize(SESSIONS);
    return List.copyOf(ids);
  }

  /** An instance that takes nothing in until it is told to. */
  private static final class Stalled
      implements ClientResponseObserver<ServiceReport, SessionChange> {

    private final CompletableFuture<ClientCallStreamObserver<ServiceReport>> requests =
        new CompletableFuture<>();
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();

    ClientCallStreamObserver<ServiceReport> requests() {
      return requests.join();
    }

    void takeEverything() {
      requests().request(Integer.MAX_VALUE);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ServiceReport> stream) {
      stream.disableAutoRequestWithInitial(0);
      requests.complete(stream);
    }

    @Override
    public void onNext(SessionChange change) {}

    @Override
    public void onError(Throwable failure) {
      end.complete(failure);
    }

    @Override
    public void onCompleted() {
      end.completeExceptionally(new AssertionError("ended with OK"));
    }
  }
}
