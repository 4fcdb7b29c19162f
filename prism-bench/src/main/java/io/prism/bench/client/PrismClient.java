package io.prism.bench.client;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.prism.config.v1.ClientConfig;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.session.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import java.util.concurrent.TimeUnit;

/** One connection to a service, with a session of its own in every call. */
public final class PrismClient implements AutoCloseable {
  /** The namespace of its session. */
  public static final String NAMESPACE = "default";

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-session-token", Metadata.ASCII_STRING_MARSHALLER);
  private static final long CALL_LIMIT_SECONDS = 30;

  private final ManagedChannel sessions;
  private final ManagedChannel channel;
  private final String token;

  private PrismClient(ManagedChannel sessions, ManagedChannel channel, String token) {
    this.sessions = sessions;
    this.channel = channel;
    this.token = token;
  }

  /**
   * Creates a session and connects.
   *
   * @param sessionAddress session-svc, as {@code host:port}
   * @param address the service
   * @param config of the session, without a namespace
   * @throws StatusRuntimeException when session-svc refuses, or cannot be reached
   */
  public static PrismClient open(
      String sessionAddress, String apiKey, String address, ClientConfig config) {
    ManagedChannel sessions = connect(sessionAddress);
    try {
      String token = stub(sessions).createSession(newSession(apiKey, config)).getSessionToken();
      return new PrismClient(sessions, connect(address), token);
    } catch (StatusRuntimeException e) {
      sessions.shutdownNow();
      throw e;
    }
  }

  /** What asks for a session that may do everything. */
  public static CreateSessionRequest newSession(String apiKey) {
    return newSession(apiKey, ClientConfig.getDefaultInstance());
  }

  private static CreateSessionRequest newSession(String apiKey, ClientConfig config) {
    return CreateSessionRequest.newBuilder()
        .setApiKey(apiKey)
        .setInlineConfig(config.toBuilder().setNamespace(NAMESPACE))
        .setClientId("prism-bench")
        .build();
  }

  /** A connection whose callbacks run on the threads that read it. */
  public static ManagedChannel connect(String address) {
    return Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
        .directExecutor()
        .build();
  }

  /** The connection to the service; every call on it carries the session's token. */
  public Channel channel() {
    Metadata headers = new Metadata();
    headers.put(TOKEN, token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Closes the session, whatever is under way. */
  public void closeSession() {
    var _ =
        stub(sessions)
            .closeSession(
                CloseSessionRequest.newBuilder().setSessionToken(token).setForce(true).build());
  }

  /** Leaves the session to its expiry: session-svc may be down. */
  @Override
  public void close() {
    sessions.shutdownNow();
    channel.shutdownNow();
  }

  private static SessionServiceBlockingStub stub(ManagedChannel channel) {
    return SessionServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
