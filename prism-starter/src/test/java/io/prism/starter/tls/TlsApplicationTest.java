package io.prism.starter.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.pkitesting.X509Bundle;
import io.prism.queue.v1.PublishRequest;
import io.prism.queue.v1.QueueServiceGrpc;
import io.prism.starter.testing.Await;
import io.prism.starter.testing.FakeSessionFeed;
import io.prism.starter.testing.FreePort;
import io.prism.starter.testing.JwksServer;
import io.prism.starter.testing.TestQueue;
import io.prism.starter.testing.TokenMinter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A whole service with TLS, from PEM files that change under it. */
final class TlsApplicationTest {

  private final Certificates authority = new Certificates("authority");
  private final TokenMinter minter = new TokenMinter();

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class TinyQueue {
    @Bean
    TestQueue queue() {
      return new TestQueue();
    }
  }

  @Test
  void theServerAndTheFeedUseTheBundleAndFollowItsFiles(@TempDir Path folder) throws Exception {
    authority.write(folder, authority.issue("prism-queue"));
    InstanceTls sessionService =
        new InstanceTls(
            new DefaultSslBundleRegistry("session", authority.bundle("prism-session")),
            "session",
            ClientAuth.REQUIRE);
    try (JwksServer jwks = new JwksServer(minter::jwks);
        FakeSessionFeed feed = new FakeSessionFeed(sessionService.server());
        ConfigurableApplicationContext application =
            new SpringApplicationBuilder(TinyQueue.class)
                .run(
                    "--spring.grpc.server.port=0",
                    "--spring.grpc.server.address=127.0.0.1",
                    "--server.port=0",
                    "--prism.session.jwks-uri=" + jwks.uri(),
                    "--prism.session.feed.address=" + feed.address(),
                    "--prism.session.feed.tls=true",
                    "--prism.tls.bundle=instance",
                    "--prism.tls.client-auth=optional",
                    "--spring.ssl.bundle.watch.file.quiet-period=50ms",
                    "--spring.ssl.bundle.pem.instance.reload-on-update=true",
                    "--spring.ssl.bundle.pem.instance.keystore.certificate="
                        + folder.resolve("certificate.pem"),
                    "--spring.ssl.bundle.pem.instance.keystore.private-key="
                        + folder.resolve("key.pem"),
                    "--spring.ssl.bundle.pem.instance.truststore.certificate="
                        + folder.resolve("authority.pem"))) {
      int port = application.getBean(GrpcServerLifecycle.class).getPort();
      Await.until("the feed", () -> feed.openStreams() == 1);
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .sslContext(
                  GrpcSslContexts.forClient()
                      .trustManager(authority.authority().getCertificate())
                      .build())
              .build();
      try {
        publish(channel);
        X509Bundle renewed = authority.issue("prism-queue");
        authority.write(folder, renewed);
        Await.until(
            "the new certificate",
            Duration.ofSeconds(20),
            () -> certificateAt(port).equals(renewed.getCertificate()));
        publish(channel);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void replicasKnowEachOtherByTheirCertificates(@TempDir Path folder) throws Exception {
    authority.write(folder, authority.issue("prism-queue"));
    int one = FreePort.find();
    int other = FreePort.find();
    try (JwksServer jwks = new JwksServer(minter::jwks);
        FakeSessionFeed feed = new FakeSessionFeed();
        ConfigurableApplicationContext first = replica(folder, jwks, feed, one, other);
        ConfigurableApplicationContext second = replica(folder, jwks, feed, other, one)) {
      Await.until("the second is known to the first", () -> known(first) == 1);
      Await.until("the first is known to the second", () -> known(second) == 1);
    }
  }

  private static ConfigurableApplicationContext replica(
      Path folder, JwksServer jwks, FakeSessionFeed feed, int port, int other) {
    return new SpringApplicationBuilder(TinyQueue.class)
        .web(WebApplicationType.NONE)
        .run(
            "--spring.grpc.server.port=" + port,
            "--spring.grpc.server.address=127.0.0.1",
            "--prism.session.jwks-uri=" + jwks.uri(),
            "--prism.session.feed.address=" + feed.address(),
            "--prism.peer.addresses[0]=127.0.0.1:" + port,
            "--prism.peer.addresses[1]=127.0.0.1:" + other,
            "--prism.internal.mtls-names=prism-queue",
            "--prism.tls.bundle=instance",
            "--prism.tls.client-auth=optional",
            "--spring.ssl.bundle.pem.instance.keystore.certificate="
                + folder.resolve("certificate.pem"),
            "--spring.ssl.bundle.pem.instance.keystore.private-key=" + folder.resolve("key.pem"),
            "--spring.ssl.bundle.pem.instance.truststore.certificate="
                + folder.resolve("authority.pem"));
  }

  private static double known(ConfigurableApplicationContext replica) {
    return replica
        .getBean(MeterRegistry.class)
        .get("prism.peers")
        .tag("state", "known")
        .gauge()
        .value();
  }

  private void publish(ManagedChannel channel) {
    String token = minter.session().token();
    assertThat(
            QueueServiceGrpc.newBlockingStub(channel)
                .publish(
                    PublishRequest.newBuilder().setTopic("orders").setSessionToken(token).build())
                .getMessageId())
        .isEqualTo("orders");
  }

  private X509Certificate certificateAt(int port) throws Exception {
    InstanceTls client =
        new InstanceTls(
            new DefaultSslBundleRegistry("client", authority.bundle("client")),
            "client",
            ClientAuth.NONE);
    try (SSLSocket socket = (SSLSocket) client.sockets().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}
