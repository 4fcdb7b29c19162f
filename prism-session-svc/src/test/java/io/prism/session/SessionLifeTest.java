package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.prism.session.domain.SessionReason;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CloseSessionResponse;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.GetSessionRequest;
import io.prism.session.v1.GetSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.HeartbeatResponse;
import io.prism.session.v1.RefreshSessionRequest;
import io.prism.session.v1.SessionStatus;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import org.junit.jupiter.api.Test;

/** RFC-002 §2 and section 1 of the contract: the life of a session created with an API key. */
final class SessionLifeTest {

  private final SessionReplica replica = SharedReplica.get();

  @Test
  void anApiKeyCreatesASessionThatExpiresInAnHour() {
    CreateSessionResponse created = replica.create();
    assertThat(created.getSessionToken()).isNotEmpty();
    assertThat(created.getConfig().getNamespace()).isEqualTo("default");
    assertThat(Timestamps.between(created.getCreatedAt(), created.getExpiresAt()))
        .isEqualTo(Durations.fromHours(1));
    Await.until(
        "the services are known",
        () ->
            replica
                .create()
                .getSupportedFeaturesList()
                .contains("prism.session.v1.SessionService"));
  }

  @Test
  void aHeartbeatTellsTheTimeLeft() {
    CreateSessionResponse created = replica.create();
    HeartbeatResponse beat =
        replica
            .sessions()
            .heartbeat(
                HeartbeatRequest.newBuilder().setSessionToken(created.getSessionToken()).build());
    assertThat(beat.getStatus()).isEqualTo(SessionStatus.SESSION_STATUS_ACTIVE);
    assertThat(beat.getTtl().getSeconds()).isBetween(3_590L, 3_600L);
  }

  @Test
  void getSessionCountsTheCallsThatWereMade() {
    CreateSessionResponse created = replica.create();
    var sessions = replica.sessions(created.getSessionToken());
    sessions.heartbeat(HeartbeatRequest.getDefaultInstance());
    sessions.heartbeat(
        HeartbeatRequest.newBuilder().setSessionToken(created.getSessionToken()).build());
    GetSessionResponse got =
        Await.value(
            "the calls are counted",
            () ->
                replica
                    .sessions(created.getSessionToken())
                    .getSession(GetSessionRequest.getDefaultInstance()),
            session -> session.getMetrics().getRequestsProcessed() >= 3);
    assertThat(got.getSessionId()).isEqualTo(created.getSessionId());
    assertThat(got.getMetrics().getBytesReceived()).isPositive();
    assertThat(got.getMetrics().getBytesSent()).isPositive();
    assertThat(got.getMetrics().getActiveStreams()).isZero();
    assertThat(got.getConfig()).isEqualTo(created.getConfig());
  }

  @Test
  void refreshSessionExtendsAnHourWhenNothingIsSaid() {
    CreateSessionResponse created = replica.create();
    var refreshed =
        replica
            .sessions(created.getSessionToken())
            .refreshSession(RefreshSessionRequest.getDefaultInstance());
    assertThat(Timestamps.compare(refreshed.getNewExpiresAt(), created.getExpiresAt()))
        .isPositive();
  }

  @Test
  void refreshSessionIsClampedTo24HoursAfterCreationAndNeverAnError() {
    CreateSessionResponse created = replica.create();
    var refreshed =
        replica
            .sessions(created.getSessionToken())
            .refreshSession(
                RefreshSessionRequest.newBuilder().setExtension(Durations.fromDays(400)).build());
    assertThat(Timestamps.between(created.getCreatedAt(), refreshed.getNewExpiresAt()))
        .isEqualTo(Durations.fromHours(24));
  }

  @Test
  void refreshSessionToAnEarlierTimeChangesNothing() {
    CreateSessionResponse created = replica.create();
    var refreshed =
        replica
            .sessions(created.getSessionToken())
            .refreshSession(
                RefreshSessionRequest.newBuilder().setExtension(Durations.fromSeconds(5)).build());
    assertThat(refreshed.getNewExpiresAt()).isEqualTo(created.getExpiresAt());
  }

  @Test
  void anExtensionOfZeroOrLessIsRefused() {
    CreateSessionResponse created = replica.create();
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            replica
                .sessions(created.getSessionToken())
                .refreshSession(
                    RefreshSessionRequest.newBuilder()
                        .setExtension(Durations.fromSeconds(-1))
                        .build()));
  }

  @Test
  void aClosedSessionIsRefused() {
    CreateSessionResponse created = replica.create();
    CloseSessionResponse closed =
        replica
            .sessions(created.getSessionToken())
            .closeSession(CloseSessionRequest.getDefaultInstance());
    assertThat(closed.getSuccess()).isTrue();
    assertThat(closed.getPendingOperations()).isZero();
    failsWith(
        CallReason.SESSION_CLOSED,
        () ->
            replica
                .sessions(created.getSessionToken())
                .heartbeat(HeartbeatRequest.getDefaultInstance()));
    failsWith(
        CallReason.SESSION_CLOSED,
        () ->
            replica
                .sessions(created.getSessionToken())
                .closeSession(CloseSessionRequest.getDefaultInstance()));
  }

  @Test
  void wrongCredentialsAreAlwaysTheSame() {
    for (String key :
        new String[] {
          "root.0123456789abcdef0123456789abcdeg", "nobody.secret", "nodot", ".", "root.", "a.b.c"
        }) {
      var failure =
          failsWith(
              SessionReason.INVALID_CREDENTIALS,
              () -> replica.sessions().createSession(SessionReplica.request(key, "default")));
      assertThat(failure.getStatus().getDescription()).isEqualTo("the credentials are not valid");
    }
  }

  @Test
  void noCredentialsAreAnInvalidArgument() {
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () -> replica.sessions().createSession(CreateSessionRequest.getDefaultInstance()));
  }

  @Test
  void aNamespaceMustBeNamedWhereTheKeyAllowsMoreThanOne() {
    failsWith(
        CallReason.INVALID_ARGUMENT,
        () ->
            replica
                .sessions()
                .createSession(
                    CreateSessionRequest.newBuilder()
                        .setApiKey(SessionReplica.BOOTSTRAP_KEY)
                        .build()));
  }

  @Test
  void anUnknownNamespaceIsNotFound() {
    failsWith(
        SessionReason.NAMESPACE_NOT_FOUND,
        () -> replica.create(SessionReplica.BOOTSTRAP_KEY, "nowhere"));
  }

  @Test
  void tooMuchMetadataIsRefused() {
    CreateSessionRequest.Builder request =
        SessionReplica.request(SessionReplica.BOOTSTRAP_KEY, "default").toBuilder();
    for (int i = 0; i < 65; i++) {
      request.putMetadata("k" + i, "v");
    }
    failsWith(CallReason.LIMIT_EXCEEDED, () -> replica.sessions().createSession(request.build()));
  }
}
