package io.prism.session;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.prism.admin.v1.AdminServiceGrpc;
import io.prism.config.v1.ClientConfig;
import io.prism.config.v1.ConfigServiceGrpc;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.starter.auth.SessionInterceptor;
import io.prism.starter.testing.PostgresFixture;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A replica of session-svc on real sockets, over a real database. */
final class SessionReplica implements AutoCloseable {

  static final String BOOTSTRAP_KEY = "root.0123456789abcdef0123456789abcdef";
  static final String INTERNAL_TOKEN = "internal-token-of-this-test-deployment";
  static final String ENCRYPTION_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  private final ConfigurableApplicationContext context;
  private final ManagedChannel channel;

  private SessionReplica(ConfigurableApplicationContext context) {
    this.context = context;
    this.channel = open();
  }

  /** Starts a replica with properties that differ from the usual, as {@code key=value}. */
  static SessionReplica start(PostgresFixture.Database database, String... properties) {
    Map<String, Object> all = new HashMap<>();
    all.put("spring.config.name", "prism-session");
    all.put("spring.datasource.url", database.url());
    all.put("spring.datasource.username", database.username());
    all.put("spring.datasource.password", database.password());
    all.put("spring.grpc.server.port", 0);
    all.put("server.port", 0);
    all.put("server.address", "127.0.0.1");
    all.put("prism.internal.token", INTERNAL_TOKEN);
    all.put("prism.session.server.bootstrap-api-key", BOOTSTRAP_KEY);
    all.put("prism.session.server.encryption-key", ENCRYPTION_KEY);
    all.put("prism.session.server.login.free-failures", 1_000_000);
    all.put("prism.session.server.audit.max-refusals-per-minute", 100_000);
    all.put("prism.session.server.report-interval", "200ms");
    all.put("prism.session.server.sweep-interval", "100ms");
    all.put("prism.call.drain-timeout", "1s");
    all.put("spring.grpc.server.shutdown.grace-period", "1s");
    for (String property : properties) {
      int equals = property.indexOf('=');
      all.put(property.substring(0, equals), property.substring(equals + 1));
    }
    return new SessionReplica(
        new SpringApplicationBuilder(SessionApplication.class)
            .properties("spring.config.name=prism-session")
            .initializers(
                starting ->
                    starting
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(new org.springframework.core.env.MapPropertySource("test", all)))
            .run());
  }

  int grpcPort() {
    return context.getBean(GrpcServerLifecycle.class).getPort();
  }

  URI jwksUri() {
    int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    return URI.create("http://127.0.0.1:" + port + "/.well-known/jwks.json");
  }

  String feedAddress() {
    return "dns:///127.0.0.1:" + grpcPort();
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  private ManagedChannel open() {
    return NettyChannelBuilder.forAddress("127.0.0.1", grpcPort()).usePlaintext().build();
  }

  /** A connection that takes in little before somebody reads. */
  ManagedChannel narrowChannel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", grpcPort())
        .usePlaintext()
        .flowControlWindow(65_535)
        .build();
  }

  Channel channel() {
    return channel;
  }

  /** A channel whose calls carry a token. */
  Channel channel(String token) {
    Metadata headers = new Metadata();
    headers.put(SessionInterceptor.TOKEN, token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  SessionServiceGrpc.SessionServiceBlockingStub sessions() {
    return SessionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  SessionServiceGrpc.SessionServiceBlockingStub sessions(String token) {
    return SessionServiceGrpc.newBlockingStub(channel(token))
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  ConfigServiceGrpc.ConfigServiceBlockingStub configs(String token) {
    return ConfigServiceGrpc.newBlockingStub(channel(token))
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  AdminServiceGrpc.AdminServiceBlockingStub admin(String token) {
    return AdminServiceGrpc.newBlockingStub(channel(token)).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** A session of the first admin key. */
  CreateSessionResponse create() {
    return create(BOOTSTRAP_KEY, "default");
  }

  CreateSessionResponse create(String apiKey, String namespace) {
    return sessions().createSession(request(apiKey, namespace));
  }

  static CreateSessionRequest request(String apiKey, String namespace) {
    return CreateSessionRequest.newBuilder()
        .setApiKey(apiKey)
        .setInlineConfig(ClientConfig.newBuilder().setNamespace(namespace))
        .setClientId("test")
        .setClientVersion("1")
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    context.close();
  }
}
