package io.prism.session;

import static io.prism.starter.testing.Failures.failsWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.nimbusds.jwt.SignedJWT;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.pkitesting.X509Bundle;
import io.prism.session.domain.SessionReason;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.MutualTLSAuth;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.starter.CallChain;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Section 1 of the contract: "a certificate is public, so it counts only if the TLS peer …". */
final class CertificatesTest {

  private static final TestAuthority AUTHORITY = SharedReplica.AUTHORITY;
  private static final TestAuthority STRANGER = new TestAuthority("a stranger");
  private static final X509Bundle APP =
      AUTHORITY.issue("CN=app", b -> b.addSanUriName("spiffe://prism.test/app"));

  private static Server server;

  @BeforeAll
  static void start() throws Exception {
    SessionReplica replica = SharedReplica.get();
    X509Bundle own = AUTHORITY.issue("CN=session-svc", b -> b.addSanIpAddress("127.0.0.1"));
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsServerCredentials.newBuilder()
                    .keyManager(pem(own.getCertificatePathPEM()), pem(own.getPrivateKeyPEM()))
                    .trustManager(
                        pem(
                            AUTHORITY.bundle().getCertificatePEM()
                                + STRANGER.bundle().getCertificatePEM()))
                    .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                    .build())
            .addService(
                replica
                    .bean(CallChain.class)
                    .intercept(replica.bean("sessionService", BindableService.class)))
            .build()
            .start();
  }

  @AfterAll
  static void stop() {
    server.shutdownNow();
  }

  private static ByteArrayInputStream pem(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static CreateSessionResponse create(@Nullable X509Bundle peer, ByteString shown)
      throws Exception {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(pem(AUTHORITY.bundle().getCertificatePEM()));
    if (peer != null) {
      credentials.keyManager(pem(peer.getCertificatePathPEM()), pem(peer.getPrivateKeyPEM()));
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort(), credentials.build()).build();
    try {
      return SessionServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .createSession(
              CreateSessionRequest.newBuilder()
                  .setMtls(MutualTLSAuth.newBuilder().setClientCert(shown))
                  .build());
    } finally {
      channel.shutdownNow();
    }
  }

  private static ByteString der(X509Bundle bundle) throws Exception {
    return ByteString.copyFrom(bundle.getCertificate().getEncoded());
  }

  private static void principalIs(String principal, CreateSessionResponse created)
      throws Exception {
    assertThat(SignedJWT.parse(created.getSessionToken()).getJWTClaimsSet().getSubject())
        .isEqualTo(principal);
  }

  @Test
  void thePrincipalIsTheSpiffeUri() throws Exception {
    principalIs("spiffe://prism.test/app", create(APP, der(APP)));
    principalIs(
        "spiffe://prism.test/app", create(APP, ByteString.copyFromUtf8(APP.getCertificatePEM())));
  }

  @Test
  void withoutOneItIsTheCommonName() throws Exception {
    X509Bundle named = AUTHORITY.issue("CN=by-name,O=Prism", b -> b);
    principalIs("by-name", create(named, der(named)));
  }

  @Test
  void aCertificateThatThePeerDidNotPresentIsAWrongCredential() {
    X509Bundle other = AUTHORITY.issue("CN=by-name", b -> b);
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> create(other, der(APP)));
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> create(null, der(APP)));
  }

  @Test
  void aCertificateOfAnotherAuthorityIsAWrongCredential() {
    X509Bundle foreign = STRANGER.issue("CN=app", b -> b.addSanUriName("spiffe://prism.test/app"));
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> create(foreign, der(foreign)));
  }

  @Test
  void aPrincipalThatIsNotMappedIsAWrongCredential() {
    X509Bundle unknown = AUTHORITY.issue("CN=nobody", b -> b);
    failsWith(SessionReason.INVALID_CREDENTIALS, () -> create(unknown, der(unknown)));
  }

  @Test
  void whatIsNoCertificateIsAWrongCredential() {
    failsWith(
        SessionReason.INVALID_CREDENTIALS,
        () -> create(APP, ByteString.copyFromUtf8("no certificate")));
  }
}
