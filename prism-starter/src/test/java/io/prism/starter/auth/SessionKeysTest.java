package io.prism.starter.auth;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Forgery;
import io.prism.starter.testing.JwksServer;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.TestQueue;
import io.prism.starter.testing.TokenMinter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SessionKeysTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TokenMinter minter = new TokenMinter();
  private final JwksServer jwks = new JwksServer(minter::jwks);
  private final List<PrismTestServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(PrismTestServer::close);
    jwks.close();
  }

  @Test
  void keysAreFetchedOnceForManySessions() {
    PrismTestServer server = start(MINUTE.multipliedBy(5), MINUTE);
    for (int i = 0; i < 20; i++) {
      publish(server, minter.session().token());
    }
    assertThat(jwks.fetches()).isEqualTo(1);
  }

  @Test
  void twoHundredForgedKeyIdsCauseAHandfulOfFetchesAndGoodTokensGoOn() {
    PrismTestServer server = start(MINUTE.multipliedBy(5), MINUTE);
    publish(server, minter.session().token());
    ManagedChannel channel = server.channel();
    Session session = minter.session().build();
    for (int i = 0; i < 200; i++) {
      String forged = minter.forge(Forgery.UNKNOWN_KEY_ID, session);
      assertThat(
              failureOf(
                      () ->
                          QueueServiceGrpc.newBlockingStub(channel)
                              .publish(PublishRequest.newBuilder().setSessionToken(forged).build()))
                  .getStatus()
                  .getCode())
          .isIn(Status.Code.UNAUTHENTICATED, Status.Code.UNAVAILABLE);
    }
    assertThat(jwks.fetches()).isLessThanOrEqualTo(4);
    publish(server, minter.session().token());
  }

  @Test
  void aRotatedKeyIsPickedUpWhenItsFirstTokenComes() {
    PrismTestServer server = start(MINUTE.multipliedBy(5), Duration.ofMillis(10));
    String before = minter.session().token();
    publish(server, before);
    minter.rotate();
    publish(server, minter.session().token());
    publish(server, before);
    publish(server, minter.session().token());
    assertThat(jwks.fetches()).isEqualTo(2);
  }

  @Test
  void establishedSessionsAndNewOnesGoOnWhileSessionSvcIsDown() {
    PrismTestServer server = start(Duration.ofMillis(50), Duration.ofMillis(10));
    String known = minter.session().token();
    publish(server, known);
    jwks.failing(true);
    int before = jwks.fetches();
    // The cached keys are older than their time to live as soon as a fetch is tried again.
    Await.until(
        "fetches in vain",
        () -> {
          publish(server, minter.session().token());
          publish(server, known);
          return jwks.fetches() > before + 2;
        });
  }

  @Test
  void keysThatCouldNeverBeHadAreUnavailableWithRetryInfoAndNotUnauthenticated() {
    jwks.failing(true);
    PrismTestServer server = start(MINUTE.multipliedBy(5), Duration.ofMillis(10));
    Throwable failure =
        failsWith(
            CallReason.SESSION_STATE_UNAVAILABLE, () -> publish(server, minter.session().token()));
    assertThat(detail(failure, RetryInfo.class)).isPresent();
    assertThat(failure.getMessage()).doesNotContain("127.0.0.1", "503");
    jwks.failing(false);
    Await.until(
        "the keys",
        () -> {
          try {
            publish(server, minter.session().token());
            return true;
          } catch (io.grpc.StatusRuntimeException e) {
            return false;
          }
        });
  }

  @Test
  void aMissingAddressStopsTheStart() {
    assertThatThrownBy(() -> SessionKeys.of(properties(null, MINUTE, MINUTE), null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("prism.session.jwks-uri");
  }

  private PrismTestServer start(Duration cacheTtl, Duration minInterval) {
    PrismTestServer server =
        PrismTestServer.of(new TestQueue())
            .tokens(minter)
            .keys(SessionKeys.of(properties(jwks.uri(), cacheTtl, minInterval), null))
            .start();
    servers.add(server);
    return server;
  }

  private static SessionProperties properties(
      @Nullable URI uri, Duration cacheTtl, Duration minInterval) {
    return new SessionProperties(
        "prism",
        uri,
        Duration.ofSeconds(1),
        cacheTtl,
        minInterval,
        1000,
        new SessionProperties.Feed(
            null, false, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(5)));
  }

  private static void publish(PrismTestServer server, String token) {
    QueueServiceGrpc.newBlockingStub(server.channel(token))
        .publish(PublishRequest.getDefaultInstance());
  }
}
