package io.prism.starter.tls;

import static io.prism.starter.testing.Failures.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.session.internal.v1.ServiceReport;
import io.prism.session.internal.v1.SessionChange;
import io.prism.session.internal.v1.SessionFeedGrpc;
import io.prism.starter.auth.InternalGuard;
import io.prism.starter.error.CallReason;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.Failures;
import io.prism.starter.testing.PrismTestServer;
import io.prism.starter.testing.Received;
import io.prism.starter.testing.TestQueue;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

final class InstanceTlsTest {

  private static final Certificates authority = new Certificates("authority");

  private final DefaultSslBundleRegistry bundles =
      new DefaultSslBundleRegistry("instance", authority.bundle("prism-server"));
  private final List<ManagedChannel> channels = new ArrayList<>();
  private @Nullable PrismTestServer server;

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    if (server != null) {
      server.close();
    }
  }

  @Test
  void tls13Works() {
    start(ClientAuth.NONE);
    publish(channel(null, "TLSv1.3"));
  }

  @Test
  void tls12IsRefused() {
    start(ClientAuth.NONE);
    assertThat(failureOf(() -> publish(channel(null, "TLSv1.2"))).getStatus().getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void plainTextIsRefused() {
    PrismTestServer running = start(ClientAuth.NONE);
    assertThat(
            failureOf(
                    () ->
                        QueueServiceGrpc.newBlockingStub(running.channel("test", "*:admin"))
                            .publish(PublishRequest.getDefaultInstance()))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void requiredClientCertificatesAreRequiredAndCheckedAgainstTheAuthority() {
    start(ClientAuth.REQUIRE);
    publish(channel(authority.issue("client"), "TLSv1.3"));
    assertThat(failureOf(() -> publish(channel(null, "TLSv1.3"))).getStatus().getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    X509Bundle stranger = new Certificates("stranger").issue("client");
    assertThat(failureOf(() -> publish(channel(stranger, "TLSv1.3"))).getStatus().getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void clientCertificatesCannotBeAskedForWithoutAuthoritiesOfOnesOwn() {
    bundles.updateBundle("instance", authority.withoutAuthorities("prism-server"));
    assertThatThrownBy(() -> new InstanceTls(bundles, "instance", ClientAuth.OPTIONAL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no trust store");
  }

  @Test
  void newConnectionsGetTheNewCertificateAndLivingOnesGoOn() throws Exception {
    start(ClientAuth.NONE);
    ManagedChannel living = channel(null, "TLSv1.3");
    publish(living);
    X509Bundle renewed = authority.issue("prism-server");
    bundles.updateBundle("instance", authority.bundle(renewed));
    assertThat(certificateOfServer()).isEqualTo(renewed.getCertificate());
    publish(living);
    publish(channel(null, "TLSv1.3"));
  }

  @Test
  void aNewAuthorityCountsFromTheNextConnectionOn() {
    start(ClientAuth.REQUIRE);
    Certificates next = new Certificates("next");
    X509Bundle client = next.issue("client");
    failureOf(() -> publish(channel(client, "TLSv1.3")));
    bundles.updateBundle("instance", next.bundle("prism-server"));
    publish(channel(client, next, "TLSv1.3"));
  }

  @Test
  void aChangedBundleThatCannotBeUsedLeavesTheOneBefore() throws Exception {
    X509Bundle first = authority.issue("prism-server");
    bundles.updateBundle("instance", authority.bundle(first));
    start(ClientAuth.REQUIRE);
    bundles.updateBundle("instance", authority.withoutAuthorities("prism-server"));
    publish(channel(authority.issue("client"), "TLSv1.3"));
  }

  @Test
  void anInternalRpcIsAllowedByTheNameInTheCertificateAndRefusedOtherwise() {
    start(ClientAuth.OPTIONAL);
    Received<SessionChange> allowed = sync(channel(authority.issue("prism-queue"), "TLSv1.3"));
    allowed.awaitMessages(1);
    for (X509Bundle other : new X509Bundle[] {authority.issue("somebody"), null}) {
      Received<SessionChange> refused = sync(channel(other, "TLSv1.3"));
      Throwable failure = refused.awaitFailure();
      assertThat(Failures.reasonOf(failure)).isEqualTo("INTERNAL_CREDENTIALS_INVALID");
    }
  }

  @Test
  void anInternalRpcIsAllowedByTheInternalTokenAndRefusedWithAnother() {
    PrismTestServer running =
        PrismTestServer.of(new Feed()).internalToken("0123456789abcdef0123456789abcdef").start();
    server = running;
    io.grpc.Metadata headers = new io.grpc.Metadata();
    headers.put(InternalGuard.TOKEN, "0123456789abcdef0123456789abcdef");
    sync(running.channel(headers)).awaitMessages(1);
    headers.discardAll(InternalGuard.TOKEN);
    headers.put(InternalGuard.TOKEN, "0123456789abcdef0123456789abcdee");
    Throwable refused = sync(running.channel(headers)).awaitFailure();
    assertThat(Failures.reasonOf(refused))
        .isEqualTo(CallReason.INTERNAL_CREDENTIALS_INVALID.name());
  }

  @Test
  void anInternalRpcWithNothingConfiguredLetsNobodyIn() {
    PrismTestServer running = PrismTestServer.of(new Feed()).start();
    server = running;
    Throwable refused = sync(running.channel("test", "*:admin")).awaitFailure();
    assertThat(Failures.reasonOf(refused))
        .isEqualTo(CallReason.INTERNAL_CREDENTIALS_INVALID.name());
  }

  private PrismTestServer start(ClientAuth clientAuth) {
    InstanceTls tls = new InstanceTls(bundles, "instance", clientAuth);
    PrismTestServer running =
        PrismTestServer.of(new TestQueue(), new Feed())
            .credentials(tls.server())
            .mtlsNames("prism-queue")
            .start();
    server = running;
    return running;
  }

  private ManagedChannel channel(@Nullable X509Bundle certificate, String protocol) {
    return channel(certificate, authority, protocol);
  }

  private ManagedChannel channel(
      @Nullable X509Bundle certificate, Certificates trusted, String protocol) {
    try {
      SslContextBuilder tls =
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
              .trustManager(trusted.authority().getCertificate())
              .protocols(protocol);
      if (certificate != null) {
        tls.keyManager(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath());
      }
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", running().port())
              .sslContext(tls.build())
              .build();
      channels.add(channel);
      return channel;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void publish(ManagedChannel channel) {
    QueueServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .publish(
            PublishRequest.newBuilder()
                .setSessionToken(running().tokens().session().token())
                .build());
  }

  private static Received<SessionChange> sync(ManagedChannel channel) {
    Received<SessionChange> changes = new Received<>();
    SessionFeedGrpc.newStub(channel).sync(changes);
    Await.until("an answer", () -> changes.isOver() || !changes.messages().isEmpty());
    return changes;
  }

  private X509Certificate certificateOfServer() throws Exception {
    DefaultSslBundleRegistry trust =
        new DefaultSslBundleRegistry("client", authority.bundle("client"));
    SSLSocketFactory sockets = new InstanceTls(trust, "client", ClientAuth.NONE).sockets();
    try (SSLSocket socket = (SSLSocket) sockets.createSocket("127.0.0.1", running().port())) {
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private PrismTestServer running() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server;
  }

  private static final class Feed extends SessionFeedGrpc.SessionFeedImplBase {
    @Override
    public StreamObserver<ServiceReport> sync(StreamObserver<SessionChange> changes) {
      changes.onNext(SessionChange.newBuilder().setSnapshotComplete(true).build());
      return new Received<>();
    }
  }
}
