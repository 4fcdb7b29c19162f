package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.failureOf;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.prism.admin.v1.ListSessionsRequest;
import io.prism.admin.v1.SessionInfo;
import io.prism.client.Retries;
import io.prism.client.SessionKeeper;
import io.prism.config.v1.ConfigServiceGrpc;
import io.prism.config.v1.GetConfigRequest;
import io.prism.config.v1.GetConfigResponse;
import io.prism.config.v1.RegisterConfigRequest;
import io.prism.config.v1.RegisterConfigResponse;
import io.prism.session.domain.SessionReason;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.GetSessionRequest;
import io.prism.session.v1.GetSessionResponse;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.session.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.prism.session.v1.SessionStatus;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PostgresFixture;
import io.prism.starter.testing.Received;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactServiceGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The client library's keeper of sessions, over a real session service. */
final class SessionKeeperTest {

  private static final int CALLERS = 32;

  private static SessionKeeper keeper(SessionReplica replica) {
    return SessionKeeper.of(
        replica.channel(), SessionReplica.request(SessionReplica.BOOTSTRAP_KEY, "default"));
  }

  private static SessionServiceBlockingStub sessions(SessionKeeper keeper) {
    return SessionServiceGrpc.newBlockingStub(keeper.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static GetSessionResponse current(SessionKeeper keeper) {
    return sessions(keeper).getSession(GetSessionRequest.getDefaultInstance());
  }

  private static void endBehindTheBackOf(SessionKeeper keeper) {
    var _ = sessions(keeper).closeSession(CloseSessionRequest.newBuilder().setForce(true).build());
  }

  /** The sessions that many calls at once were made in. */
  private static Set<String> sessionsOfManyCalls(SessionKeeper keeper) throws Exception {
    List<Future<String>> calls = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CALLERS; i++) {
        calls.add(callers.submit(() -> current(keeper).getSessionId()));
      }
    }
    Set<String> ids = new HashSet<>();
    for (Future<String> call : calls) {
      ids.add(call.get());
    }
    return ids;
  }

  @Test
  void manyFirstCallsMakeOneSession() throws Exception {
    try (SessionKeeper keeper = keeper(SharedReplica.get())) {
      assertThat(sessionsOfManyCalls(keeper)).hasSize(1);
    }
  }

  @Test
  void callsThatAreRefusedSinceTheSessionIsOverAreMadeAgainInOneNewSession() throws Exception {
    try (SessionKeeper keeper = keeper(SharedReplica.get())) {
      String first = current(keeper).getSessionId();
      endBehindTheBackOf(keeper);
      assertThat(sessionsOfManyCalls(keeper)).hasSize(1).doesNotContain(first);
    }
  }

  @Test
  void aSessionIsMadeAlthoughTheFirstCallIsGivenUp() throws Exception {
    try (SessionKeeper keeper = keeper(SharedReplica.get());
        Context.CancellableContext givenUp = Context.current().withCancellation()) {
      givenUp.cancel(null);
      assertThat(givenUp.call(() -> failureOf(() -> current(keeper)).getStatus().getCode()))
          .isEqualTo(Status.Code.CANCELLED);
      givenUp.run(keeper::open);
    }
  }

  @Test
  void afterAStreamOfRequestsThatIsRefusedTheNextOneIsInANewSession() {
    SessionReplica replica = SharedReplica.get();
    try (VerifyingService service = new VerifyingService(replica, new Transactions());
        SessionKeeper keeper =
            SessionKeeper.of(
                routed(replica.channel(), service.server().channel()),
                SessionReplica.request(SessionReplica.BOOTSTRAP_KEY, "default"))) {
      Await.until("the feed is up", () -> service.registry().isFresh());
      String first = current(keeper).getSessionId();
      assertThat(failureOfTransaction(keeper)).isEmpty();
      endBehindTheBackOf(keeper);
      var refused =
          Await.value("a refusal", () -> failureOfTransaction(keeper), found -> found.isPresent());
      assertThat(reasonOf(refused.orElseThrow())).isEqualTo(CallReason.SESSION_CLOSED.name());
      assertThat(failureOfTransaction(keeper)).isEmpty();
      assertThat(current(keeper).getSessionId()).isNotEqualTo(first);
    }
  }

  /** As behind one address: a service each. */
  private static Channel routed(Channel sessions, Channel others) {
    return new Channel() {
      @Override
      public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        boolean ofSessions = SessionServiceGrpc.SERVICE_NAME.equals(method.getServiceName());
        return (ofSessions ? sessions : others).newCall(method, options);
      }

      @Override
      public String authority() {
        return sessions.authority();
      }
    };
  }

  private static Optional<StatusRuntimeException> failureOfTransaction(SessionKeeper keeper) {
    Received<TransactResponse> answers = new Received<>();
    StreamObserver<TransactRequest> requests =
        TransactServiceGrpc.newStub(keeper.channel())
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .transaction(answers);
    requests.onNext(
        TransactRequest.newBuilder().setBegin(BeginTransaction.getDefaultInstance()).build());
    requests.onCompleted();
    Await.until("its end", answers::isOver);
    return answers.failure().map(StatusRuntimeException.class::cast);
  }

  private static final class Transactions extends TransactServiceGrpc.TransactServiceImplBase {
    @Override
    public StreamObserver<TransactRequest> transaction(StreamObserver<TransactResponse> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(TransactRequest request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }
  }

  @Test
  void anotherRefusalIsTheApplicationsAndLeavesTheSession() {
    try (SessionKeeper keeper = keeper(SharedReplica.get())) {
      String first = current(keeper).getSessionId();
      failsWith(
          SessionReason.CONFIG_NOT_FOUND,
          () ->
              ConfigServiceGrpc.newBlockingStub(keeper.channel())
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .getConfig(GetConfigRequest.newBuilder().setName("nobodys").build()));
      assertThat(current(keeper).getSessionId()).isEqualTo(first);
    }
  }

  @Test
  void wrongCredentialsFailTheOpeningWithItsReasonAndEachCall() {
    CreateSessionRequest wrong =
        SessionReplica.request("root.wrong0123456789abcdef01234567", "default");
    try (SessionKeeper keeper = SessionKeeper.of(SharedReplica.get().channel(), wrong)) {
      failsWith(SessionReason.INVALID_CREDENTIALS, keeper::open);
      assertThat(failureOf(() -> current(keeper)).getStatus().getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
    }
  }

  @Test
  void closingEndsTheSessionAndAllCallsAfterwards() {
    SessionReplica replica = SharedReplica.get();
    SessionKeeper keeper = keeper(replica);
    String id = current(keeper).getSessionId();
    keeper.close();
    assertThat(failureOf(() -> current(keeper)).getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    String token = replica.create().getSessionToken();
    assertThat(
            replica
                .admin(token)
                .listSessions(
                    ListSessionsRequest.newBuilder()
                        .setStatus(SessionStatus.SESSION_STATUS_ACTIVE)
                        .setPageSize(1_000)
                        .build())
                .getSessionsList())
        .hasSizeBetween(1, 999)
        .extracting(SessionInfo::getSessionId)
        .doesNotContain(id);
  }

  @Test
  void aSessionThatNobodyUsesIsKeptAndExtended() {
    try (SessionReplica replica =
            SessionReplica.start(
                PostgresFixture.database(),
                "prism.session.server.lifetime=4s",
                "prism.session.server.idle-limit=5m");
        SessionKeeper keeper = keeper(replica)) {
      GetSessionResponse first = current(keeper);
      Await.until(
          "the session lives longer than it was made for",
          Duration.ofSeconds(20),
          () -> System.currentTimeMillis() / 1000 > first.getCreatedAt().getSeconds() + 6);
      assertThat(current(keeper).getSessionId()).isEqualTo(first.getSessionId());
    }
  }

  @Test
  void readsAreTriedAgainAndWritesAreNot() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    AtomicInteger writes = new AtomicInteger();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                new ConfigServiceGrpc.ConfigServiceImplBase() {
                  @Override
                  public void getConfig(
                      GetConfigRequest request, StreamObserver<GetConfigResponse> response) {
                    if (reads.incrementAndGet() < 3) {
                      response.onError(Status.UNAVAILABLE.asRuntimeException());
                    } else {
                      response.onNext(GetConfigResponse.getDefaultInstance());
                      response.onCompleted();
                    }
                  }

                  @Override
                  public void registerConfig(
                      RegisterConfigRequest request,
                      StreamObserver<RegisterConfigResponse> response) {
                    writes.incrementAndGet();
                    response.onError(Status.UNAVAILABLE.asRuntimeException());
                  }
                })
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .defaultServiceConfig(Retries.ofReads())
            .build();
    try {
      var configs =
          ConfigServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
      var _ = configs.getConfig(GetConfigRequest.getDefaultInstance());
      assertThat(reads).hasValue(3);
      assertThat(
              failureOf(() -> configs.registerConfig(RegisterConfigRequest.getDefaultInstance()))
                  .getStatus()
                  .getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(writes).hasValue(1);
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }
}
