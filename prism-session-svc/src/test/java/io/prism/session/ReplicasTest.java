package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.nimbusds.jwt.SignedJWT;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.session.token.KeyRing;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.RefreshSessionRequest;
import io.prism.session.v1.SessionStatus;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.PostgresFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Two replicas on one database, each with a verifying service of its own, and short times: idle
 * after 2 s, a new signing key every 6 s. The order is that of what a test leaves behind: the last
 * ones take the database and the replicas away.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ReplicasTest {

  private static final String[] SHORT = {
    "prism.session.server.lifetime=70s",
    "prism.session.server.idle-limit=3s",
    "prism.session.server.idle-grace=1s",
    "prism.session.server.instance-limit=4s",
    "prism.session.server.close-limit=1s",
    "prism.session.server.keys.rotate-every=6s",
    "prism.session.server.keys.lead=3s",
    "prism.session.server.keys.refresh-interval=500ms",
    "prism.session.server.changes.max-silence=1s",
    "prism.session.server.changes.retry-delay=200ms",
    "prism.session.server.configs.requests-per-second=0",
    "spring.datasource.hikari.connection-timeout=500",
    "prism.backend.open-for=300ms",
  };

  private static PostgresFixture.Database database;
  private static SessionReplica one;
  private static SessionReplica two;
  private static VerifyingService atOne;
  private static VerifyingService atTwo;

  @BeforeAll
  static void start() {
    database = PostgresFixture.database();
    one = SessionReplica.start(database, SHORT);
    two = SessionReplica.start(database, SHORT);
    atOne = new VerifyingService(one);
    atTwo = new VerifyingService(two);
    for (VerifyingService service : List.of(atOne, atTwo)) {
      Await.until("the feed is up", () -> service.registry().isFresh());
    }
  }

  @AfterAll
  static void stop() {
    atOne.close();
    atTwo.close();
    one.close();
    two.close();
  }

  private static void publish(VerifyingService service, String token) {
    assertThat(service.stub(token).publish(VerifyingService.message()).getMessageId())
        .isEqualTo("t");
  }

  private static void awaitRefusal(QueueServiceGrpc.QueueServiceBlockingStub stub, String reason) {
    Await.until(
        "the call is refused",
        () -> {
          try {
            stub.publish(VerifyingService.message());
            return false;
          } catch (StatusRuntimeException e) {
            assertThat(reasonOf(e)).isEqualTo(reason);
            return true;
          }
        });
  }

  @Test
  @Order(1)
  void aClosedSessionIsRefusedEverywhereWithinASecond() {
    List<Long> local = new ArrayList<>();
    List<Long> remote = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      CreateSessionResponse session = one.create();
      String token = session.getSessionToken();
      var near = atOne.stub(token);
      var far = atTwo.stub(token);
      near.publish(VerifyingService.message());
      far.publish(VerifyingService.message());
      one.sessions(token).closeSession(CloseSessionRequest.newBuilder().setForce(true).build());
      long closed = System.nanoTime();
      awaitRefusal(far, CallReason.SESSION_CLOSED.name());
      remote.add(System.nanoTime() - closed);
      awaitRefusal(near, CallReason.SESSION_CLOSED.name());
      local.add(System.nanoTime() - closed);
      failsWith(
          CallReason.SESSION_CLOSED,
          () -> two.sessions(token).heartbeat(HeartbeatRequest.getDefaultInstance()));
    }
    System.out.printf(
        "revoke to refuse, other replica: median %.1f ms, max %.1f ms; all: max %.1f ms%n",
        millis(remote, 0.5), millis(remote, 1), millis(local, 1));
    assertThat(millis(remote, 1)).isLessThan(1_000);
    assertThat(millis(local, 1)).isLessThan(1_000);
  }

  private static double millis(List<Long> nanos, double quantile) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1.0, quantile * sorted.size())) / 1e6;
  }

  @Test
  @Order(2)
  void theLastSixtySecondsAreExpiringAndRefreshEndsThat() {
    CreateSessionResponse session = one.create();
    var sessions = two.sessions(session.getSessionToken());
    assertThat(sessions.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus())
        .isEqualTo(SessionStatus.SESSION_STATUS_ACTIVE);
    CreateSessionResponse old = one.create();
    two.bean(JdbcClient.class)
        .sql("update session set expires_at = now() + interval '59 seconds' where id = ?")
        .param(old.getSessionId())
        .update();
    var expiring = two.sessions(old.getSessionToken());
    assertThat(expiring.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus())
        .isEqualTo(SessionStatus.SESSION_STATUS_EXPIRING);
    expiring.refreshSession(
        RefreshSessionRequest.newBuilder().setExtension(Durations.fromSeconds(90)).build());
    assertThat(expiring.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus())
        .isEqualTo(SessionStatus.SESSION_STATUS_ACTIVE);
  }

  @Test
  @Order(3)
  void anExpiredSessionIsRefusedEverywhereEvenWhereItIsInUse() {
    CreateSessionResponse session = one.create();
    var stub = atTwo.stub(session.getSessionToken());
    stub.publish(VerifyingService.message());
    one.bean(JdbcClient.class)
        .sql("update session set expires_at = now() where id = ?")
        .param(session.getSessionId())
        .update();
    awaitRefusal(stub, CallReason.SESSION_EXPIRED.name());
    failsWith(
        CallReason.SESSION_EXPIRED,
        () ->
            two.sessions(session.getSessionToken())
                .heartbeat(HeartbeatRequest.getDefaultInstance()));
  }

  @Test
  @Order(4)
  void anIdleSessionEndsAndACallAnywhereKeepsOneAlive() {
    CreateSessionResponse idle = one.create();
    CreateSessionResponse used = one.create();
    var stub = atTwo.stub(used.getSessionToken());
    long start = System.nanoTime();
    Await.until(
        "the idle session ends",
        Duration.ofSeconds(15),
        () -> {
          stub.publish(VerifyingService.message());
          return one.bean(JdbcClient.class)
              .sql("select status from session where id = ?")
              .param(idle.getSessionId())
              .query(String.class)
              .single()
              .equals("EXPIRED");
        });
    assertThat(System.nanoTime() - start).isGreaterThan(2_500_000_000L);
    publish(atTwo, used.getSessionToken());
    failsWith(
        CallReason.SESSION_EXPIRED,
        () ->
            two.sessions(idle.getSessionToken()).heartbeat(HeartbeatRequest.getDefaultInstance()));
  }

  @Test
  @Order(5)
  void keysRotateUnderLoadWithNoRefusedCall() throws Exception {
    Set<String> keyIds = new HashSet<>();
    int calls = 0;
    AtomicInteger refused = new AtomicInteger();
    Semaphore inFlight = new Semaphore(8);
    String first = one.create().getSessionToken();
    int wanted = 3;
    long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    for (int i = 0; keyIds.size() < wanted && System.nanoTime() < end; i++) {
      SessionReplica replica = i % 2 == 0 ? one : two;
      String token = replica.create().getSessionToken();
      keyIds.add(SignedJWT.parse(token).getHeader().getKeyID());
      for (VerifyingService service : List.of(atOne, atTwo)) {
        for (String each : List.of(token, first)) {
          inFlight.acquire();
          calls++;
          service.asyncStub(each).publish(VerifyingService.message(), counting(refused, inFlight));
        }
      }
    }
    inFlight.acquire(8);
    System.out.printf(
        "rotation: %d keys signed, %d calls, %d refused%n", keyIds.size(), calls, refused.get());
    assertThat(keyIds).hasSizeGreaterThanOrEqualTo(wanted);
    assertThat(refused).hasValue(0);
    assertThat(one.bean(KeyRing.class).publicKeys().getKeys().stream().map(k -> k.getKeyID()))
        .as("old keys stay published until the last token they signed is dead")
        .containsAll(keyIds);
    assertThat(one.bean(KeyRing.class).signer().pair().isPrivate()).isTrue();
    assertThat(
            one.bean(JdbcClient.class)
                .sql(
                    "select count(*) from signing_key where encode(encrypted_private, 'escape') like '%\"d\"%'")
                .query(Integer.class)
                .single())
        .as("the private half is stored encrypted")
        .isZero();
  }

  private static StreamObserver<PublishResponse> counting(
      AtomicInteger refused, Semaphore inFlight) {
    return new StreamObserver<>() {
      @Override
      public void onNext(PublishResponse response) {}

      @Override
      public void onError(Throwable failure) {
        refused.incrementAndGet();
        inFlight.release();
      }

      @Override
      public void onCompleted() {
        inFlight.release();
      }
    };
  }

  @Test
  @Order(6)
  void aDatabaseOutageIsUnavailableAndEndsByItself() {
    CreateSessionResponse session = one.create();
    CreateSessionResponse closedBefore = one.create();
    one.sessions(closedBefore.getSessionToken())
        .closeSession(CloseSessionRequest.newBuilder().setForce(true).build());
    publish(atOne, session.getSessionToken());
    database.cutOff();
    try {
      Await.until(
          "creating a session is UNAVAILABLE",
          () -> {
            try {
              one.create();
              return false;
            } catch (StatusRuntimeException e) {
              return reasonOf(e).equals(CallReason.BACKEND_UNAVAILABLE.name());
            }
          });
      publish(atOne, session.getSessionToken());
      publish(atTwo, session.getSessionToken());
      failsWith(
          CallReason.SESSION_CLOSED,
          () ->
              one.sessions(closedBefore.getSessionToken())
                  .heartbeat(HeartbeatRequest.getDefaultInstance()));
    } finally {
      database.restore();
    }
    Await.until(
        "sessions can be created again",
        Duration.ofSeconds(20),
        () -> {
          try {
            one.create();
            two.create();
            return true;
          } catch (StatusRuntimeException e) {
            return false;
          }
        });
    CreateSessionResponse after = two.create();
    var stub = atOne.stub(after.getSessionToken());
    stub.publish(VerifyingService.message());
    two.sessions(after.getSessionToken())
        .closeSession(CloseSessionRequest.newBuilder().setForce(true).build());
    Await.until(
        "changes are followed again",
        Duration.ofSeconds(20),
        () -> {
          try {
            stub.publish(VerifyingService.message());
            return false;
          } catch (StatusRuntimeException e) {
            return reasonOf(e).equals(CallReason.SESSION_CLOSED.name());
          }
        });
  }

  @Test
  @Order(7)
  void establishedSessionsGoOnWhileSessionSvcIsDownUntilTheirStateIsTooOld() {
    CreateSessionResponse session = one.create();
    try (VerifyingService impatient =
        new VerifyingService(one.feedAddress(), one.jwksUri(), Duration.ofSeconds(6))) {
      Await.until("the feed is up", () -> impatient.registry().isFresh());
      var stub = impatient.stub(session.getSessionToken());
      stub.publish(VerifyingService.message());
      one.close();
      two.close();
      long down = System.nanoTime();
      AtomicInteger served = new AtomicInteger();
      Await.until(
          "the state is too old",
          Duration.ofSeconds(15),
          () -> {
            try {
              stub.publish(VerifyingService.message());
              served.incrementAndGet();
              return false;
            } catch (StatusRuntimeException e) {
              assertThat(reasonOf(e)).isEqualTo(CallReason.SESSION_STATE_UNAVAILABLE.name());
              return true;
            }
          });
      double seconds = (System.nanoTime() - down) / 1e9;
      System.out.printf("session-svc down: %d calls in %.1f s went on%n", served.get(), seconds);
      assertThat(seconds).isGreaterThan(2);
      publish(atOne, session.getSessionToken());
    }
  }
}
