package io.prism.pubsub;

import static io.prism.starter.testing.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.prism.pubsub.testing.Client;
import io.prism.pubsub.testing.NatsFixture;
import io.prism.pubsub.testing.NatsServer;
import io.prism.pubsub.testing.PubSubFixture;
import io.prism.pubsub.testing.TestStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the service proves to NATS who it is. */
final class CredentialsTest {

  private static final String USER = "prism.pubsub.nats.username=prism";

  @Test
  void aUserHasAPassword() {
    try (NatsServer server = NatsFixture.server("--user", "prism", "--pass", "s3cret")) {
      try (PubSubFixture service =
          PubSubFixture.on(server.url(), USER, "prism.pubsub.nats.password=s3cret")) {
        assertWorks(service);
      }
      try (PubSubFixture service =
          PubSubFixture.started(server.url(), USER, "prism.pubsub.nats.password=wrong")) {
        service.awaitRefusal();
        var status =
            failure(
                Code.UNAVAILABLE,
                "BACKEND_UNAVAILABLE",
                () -> service.client(PubSubFixture.newNamespace()).publish("a", "x"));
        assertThat(status.toString()).doesNotContain("wrong").doesNotContain("127.0.0.1");
        assertThat(service.isConnected()).isFalse();
      }
    }
  }

  @Test
  void aTokenIsEnough() {
    try (NatsServer server = NatsFixture.server("--auth", "t0ken");
        PubSubFixture service = PubSubFixture.on(server.url(), "prism.pubsub.nats.token=t0ken")) {
      assertWorks(service);
    }
  }

  @Test
  void overTlsBothSidesProveWhoTheyAre(@TempDir Path folder) throws Exception {
    X509Bundle authority = authority();
    write(folder, "server", certificate(authority, "localhost"));
    write(folder, "client", certificate(authority, "prism"));
    write(folder, "authority", authority);
    write(folder, "stranger", authority());
    try (NatsServer server = tlsServer(folder)) {
      String url = server.url().replace("127.0.0.1", "localhost");
      try (PubSubFixture service = PubSubFixture.on(url, tls(folder, "authority"))) {
        assertWorks(service);
      }
      assertRefused(server.url(), tls(folder, "authority"));
      assertRefused(url, tls(folder, "stranger"));
      assertRefused(url);
    }
  }

  private static NatsServer tlsServer(Path folder) {
    return NatsFixture.server(
        "--tlsverify",
        "--tlscacert=" + folder.resolve("authority.pem"),
        "--tlscert=" + folder.resolve("server.pem"),
        "--tlskey=" + folder.resolve("server.key"));
  }

  /** Not a host that the certificate names, not a trusted authority, or no certificate. */
  private static void assertRefused(String url, String... properties) {
    try (PubSubFixture service = PubSubFixture.started(url, properties)) {
      service.awaitRefusal();
      failure(
          Code.UNAVAILABLE,
          "BACKEND_UNAVAILABLE",
          () -> service.client(PubSubFixture.newNamespace()).publish("a", "x"));
    }
  }

  private static String[] tls(Path folder, String authority) {
    String bundle = "spring.ssl.bundle.pem.nats.";
    return new String[] {
      "prism.pubsub.nats.ssl-bundle=nats",
      bundle + "truststore.certificate=file:" + folder.resolve(authority + ".pem"),
      bundle + "keystore.certificate=file:" + folder.resolve("client.pem"),
      bundle + "keystore.private-key=file:" + folder.resolve("client.key")
    };
  }

  private static X509Bundle authority() throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=authority")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static X509Bundle certificate(X509Bundle authority, String host) throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + host)
        .addSanDnsName(host)
        .buildIssuedBy(authority);
  }

  private static void write(Path folder, String name, X509Bundle certificate) throws Exception {
    Files.writeString(folder.resolve(name + ".pem"), certificate.getCertificatePathPEM());
    Files.writeString(folder.resolve(name + ".key"), certificate.getPrivateKeyPEM());
  }

  private static void assertWorks(PubSubFixture service) {
    Client client = service.client(PubSubFixture.newNamespace());
    try (TestStream stream = client.subscribe("a")) {
      client.publish("a", "x");
      assertThat(stream.await(1)).hasSize(1);
    }
  }
}
