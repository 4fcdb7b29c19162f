package io.prism.starter.auth;

import static io.prism.starter.testing.Failures.detail;
import static io.prism.starter.testing.Failures.failsWith;
import static io.prism.starter.testing.Failures.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.prism.cache.v1.CacheServiceGrpc;
import io.prism.cache.v1.ExistsRequest;
import io.prism.cache.v1.ExistsResponse;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.PublishResponse;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Forgery;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import io.prism.starter.testing.TokenMinter;
import io.prism.transact.v1.BeginTransaction;
import io.prism.transact.v1.TransactRequest;
import io.prism.transact.v1.TransactResponse;
import io.prism.transact.v1.TransactServiceGrpc;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contract, section 0: where the session token is accepted from, and which tokens are none. */
final class SessionTokenTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final TokenMinter minter = new TokenMinter();
  private static final AtomicInteger keyLookups = new AtomicInteger();
  private static final TestQueue queue = new TestQueue();
  private static final Transactions transactions = new Transactions();
  private static PrismTestServer server;

  @BeforeAll
  static void start() {
    JWKSource<SecurityContext> keys =
        (selector, context) -> {
          keyLookups.incrementAndGet();
          return minter.keySource().get(selector, context);
        };
    server =
        PrismTestServer.of(queue, transactions, new Presence()).tokens(minter).keys(keys).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void acceptedFromMetadataXSessionToken() {
    publish(metadata(minter.session().token(), null), "");
  }

  @Test
  void acceptedFromAuthorizationBearer() {
    publish(metadata(null, "Bearer " + minter.session().token()), "");
    publish(metadata(null, "bearer " + minter.session().token()), "");
  }

  @Test
  void acceptedFromTheRequestsSessionTokenField() {
    publish(new Metadata(), minter.session().token());
  }

  @Test
  void forTransactionTheOneInBegin() {
    Session session = minter.session().namespace("orders").build();
    Received<TransactResponse> answers = new Received<>();
    StreamObserver<TransactRequest> requests =
        TransactServiceGrpc.newStub(server.channel()).transaction(answers);
    requests.onNext(
        TransactRequest.newBuilder()
            .setBegin(BeginTransaction.newBuilder().setSessionToken(minter.token(session)))
            .build());
    requests.onNext(TransactRequest.getDefaultInstance());
    requests.onNext(TransactRequest.getDefaultInstance());
    requests.onCompleted();
    answers.awaitCompletion();
    assertThat(answers.messages()).hasSize(3);
    assertThat(transactions.namespace).isEqualTo("orders");
  }

  @Test
  void aTransactionWhoseFirstMessageHasNoTokenIsRefused() {
    Received<TransactResponse> answers = new Received<>();
    StreamObserver<TransactRequest> requests =
        TransactServiceGrpc.newStub(server.channel()).transaction(answers);
    requests.onNext(TransactRequest.getDefaultInstance());
    assertThat(reasonOf(answers.awaitFailure())).isEqualTo("SESSION_TOKEN_MISSING");
  }

  @Test
  void aTransactionThatEndsBeforeItsFirstMessageIsRefused() {
    Received<TransactResponse> answers = new Received<>();
    TransactServiceGrpc.newStub(server.channel()).transaction(answers).onCompleted();
    assertThat(reasonOf(answers.awaitFailure())).isEqualTo("SESSION_TOKEN_MISSING");
  }

  @Test
  void messagesWithoutSuchAFieldHaveItInMetadataOnly() {
    ExistsRequest request = ExistsRequest.newBuilder().setKey("k").build();
    CacheServiceGrpc.newBlockingStub(server.channel(minter.session().token())).exists(request);
    failsWith(
        CallReason.SESSION_TOKEN_MISSING,
        () -> CacheServiceGrpc.newBlockingStub(server.channel()).exists(request));
  }

  @Test
  void twoDifferentTokensInOneCallAreAConflict() {
    String one = minter.session().token();
    String other = minter.session().token();
    failsWith(CallReason.SESSION_TOKEN_CONFLICT, () -> publish(metadata(one, null), other));
    failsWith(
        CallReason.SESSION_TOKEN_CONFLICT, () -> publish(metadata(one, "Bearer " + other), ""));
    failsWith(
        CallReason.SESSION_TOKEN_CONFLICT, () -> publish(metadata(null, "Bearer " + one), other));
    Metadata twice = metadata(one, null);
    twice.put(SessionInterceptor.TOKEN, other);
    failsWith(CallReason.SESSION_TOKEN_CONFLICT, () -> publish(twice, ""));
  }

  @Test
  void theSameTokenInAllPlacesIsFine() {
    String token = minter.session().token();
    publish(metadata(token, "Bearer " + token), token);
  }

  @Test
  void noTokenIsSessionTokenMissing() {
    failsWith(CallReason.SESSION_TOKEN_MISSING, () -> publish(new Metadata(), ""));
    failsWith(CallReason.SESSION_TOKEN_MISSING, () -> publish(metadata(null, "Basic abc"), ""));
  }

  @ParameterizedTest
  @EnumSource
  void aForgedTokenIsSessionTokenInvalidAndNeverReachesTheHandler(Forgery forgery) {
    String forged = minter.forge(forgery, minter.session().build());
    int before = queue.published();
    StatusRuntimeException failure =
        failsWith(CallReason.SESSION_TOKEN_INVALID, () -> publish(metadata(forged, null), ""));
    assertThat(failure.getMessage()).doesNotContain(forged);
    assertThat(detail(failure, ErrorInfo.class).orElseThrow().getDomain())
        .isEqualTo("prism.queue.v1");
    failsWith(CallReason.SESSION_TOKEN_INVALID, () -> publish(new Metadata(), forged));
    assertThat(queue.published()).isEqualTo(before);
  }

  @Test
  void anExpiredTokenIsSessionExpired() {
    String token = minter.session().expired().token();
    failsWith(CallReason.SESSION_EXPIRED, () -> publish(metadata(token, null), ""));
  }

  @Test
  void aTokenOfMegabytesIsRefusedUnread() {
    int before = keyLookups.get();
    failsWith(
        CallReason.SESSION_TOKEN_INVALID, () -> publish(new Metadata(), "x".repeat(4_000_000)));
    assertThat(keyLookups).hasValue(before);
  }

  @Test
  void aVerifiedTokenIsNotVerifiedAgain() {
    Metadata headers = metadata(minter.session().token(), null);
    ManagedChannel channel = server.channel(headers);
    publish(channel, "");
    int before = keyLookups.get();
    for (int i = 0; i < 50; i++) {
      publish(channel, "");
    }
    assertThat(keyLookups).hasValue(before);
  }

  @Test
  void aCallThatIsCancelledWhileItsTokenIsVerifiedDoesNotReachTheHandler() throws Exception {
    CountDownLatch verifying = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    TestQueue untouched = new TestQueue();
    JWKSource<SecurityContext> slow =
        (selector, context) -> {
          verifying.countDown();
          awaitUninterrupted(mayGoOn);
          return minter.keySource().get(selector, context);
        };
    try (PrismTestServer slowServer =
        PrismTestServer.of(untouched).tokens(minter).keys(slow).start()) {
      Received<PublishResponse> answer = new Received<>();
      io.grpc.Context.CancellableContext call = io.grpc.Context.current().withCancellation();
      call.run(
          () ->
              QueueServiceGrpc.newStub(slowServer.channel(minter.session().token()))
                  .publish(PublishRequest.getDefaultInstance(), answer));
      verifying.await();
      call.cancel(null);
      Await.until("the server to hear of it", () -> slowServer.inFlight().calls() == 0);
      mayGoOn.countDown();
      publish(slowServer.channel(minter.session().token()), "");
      assertThat(untouched.published()).isEqualTo(1);
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void publish(Metadata headers, String field) {
    publish(server.channel(headers), field);
  }

  private static void publish(ManagedChannel channel, String field) {
    QueueServiceGrpc.newBlockingStub(channel)
        .publish(PublishRequest.newBuilder().setSessionToken(field).build());
  }

  private static Metadata metadata(@Nullable String token, @Nullable String authorization) {
    Metadata headers = new Metadata();
    if (token != null) {
      headers.put(SessionInterceptor.TOKEN, token);
    }
    if (authorization != null) {
      headers.put(AUTHORIZATION, authorization);
    }
    return headers;
  }

  private static final class Transactions extends TransactServiceGrpc.TransactServiceImplBase {

    private volatile @Nullable String namespace;

    @Override
    public StreamObserver<TransactRequest> transaction(StreamObserver<TransactResponse> answers) {
      namespace = Session.current().namespace();
      return new StreamObserver<>() {
        @Override
        public void onNext(TransactRequest request) {
          answers.onNext(TransactResponse.getDefaultInstance());
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }
  }

  private static final class Presence extends CacheServiceGrpc.CacheServiceImplBase {
    @Override
    public void exists(ExistsRequest request, StreamObserver<ExistsResponse> answer) {
      answer.onNext(ExistsResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
