package io.prism.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.starter.CallChain;
import io.prism.starter.testing.PostgresFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** As one of several contexts in a JVM that has a server of its own. */
@ExtendWith(OutputCaptureExtension.class)
final class EmbeddedStartTest {

  private static final Pattern FIRST_KEY =
      Pattern.compile("first admin API key, shown this once: (\\S+)");

  private static ConfigurableApplicationContext start(PostgresFixture.Database database) {
    return new SpringApplicationBuilder(SessionApplication.class)
        .web(WebApplicationType.NONE)
        .properties("spring.config.name=prism-session")
        .run(
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + database.username(),
            "--spring.datasource.password=" + database.password(),
            "--spring.grpc.server.enabled=false",
            "--prism.session.server.encryption-key=" + SessionReplica.ENCRYPTION_KEY,
            "--prism.internal.token=" + SessionReplica.INTERNAL_TOKEN);
  }

  @Test
  void itServesOnAnotherServerAndMakesTheFirstKeyOnce(CapturedOutput output) throws Exception {
    PostgresFixture.Database database = PostgresFixture.database();
    String token;
    String jwks;
    try (ConfigurableApplicationContext context = start(database)) {
      List<String> keys = FIRST_KEY.matcher(output).results().map(found -> found.group(1)).toList();
      assertThat(keys).hasSize(1);
      jwks = context.getBean(JwksDocument.class).json();
      assertThat(JWKSet.parse(jwks).getKeys()).isNotEmpty();
      CallChain chain = context.getBean(CallChain.class);
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      context
          .getBeansOfType(BindableService.class)
          .values()
          .forEach(service -> builder.addService(chain.intercept(service)));
      Server server = builder.build().start();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
      try {
        var sessions =
            SessionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        CreateSessionResponse created =
            sessions.createSession(SessionReplica.request(keys.getFirst(), "default"));
        token = created.getSessionToken();
        assertThat(
                sessions
                    .heartbeat(HeartbeatRequest.newBuilder().setSessionToken(token).build())
                    .hasTtl())
            .isTrue();
      } finally {
        channel.shutdownNow();
        server.shutdownNow();
      }
    }
    try (ConfigurableApplicationContext again = start(database)) {
      Matcher keys = FIRST_KEY.matcher(output);
      assertThat(keys.results().count()).as("the first key is made once").isEqualTo(1);
      assertThat(again.getBean(JwksDocument.class).json())
          .as("signing keys survive a restart")
          .isEqualTo(jwks);
    }
  }
}
