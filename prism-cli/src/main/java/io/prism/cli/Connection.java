package io.prism.cli;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.prism.config.v1.ClientConfig;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.SessionServiceGrpc;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection with a session: the one whose token was given, or one of its own, which it closes.
 */
final class Connection implements AutoCloseable {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-session-token", Metadata.ASCII_STRING_MARSHALLER);
  private static final long CLOSE_SECONDS = 5;
  private static final Duration ANSWER_TIME = Duration.ofSeconds(30);

  private final ManagedChannel channel;
  private final PrismCli.Credentials credentials;
  private final Optional<String> configName;
  private final ClientConfig config;
  private final Optional<Duration> timeout;
  private @Nullable Channel own;

  Connection(
      ManagedChannel channel,
      PrismCli.Credentials credentials,
      Optional<String> configName,
      ClientConfig config,
      Optional<Duration> timeout) {
    this.channel = channel;
    this.credentials = credentials;
    this.configName = configName;
    this.config = config;
    this.timeout = timeout;
  }

  /**
   * The channel, on which all calls bear the token. Unary calls have a time limit; others have that
   * which was given, since a subscription may last.
   */
  Channel channel() {
    if (credentials.token().isPresent()) {
      return withToken(credentials.token().get());
    }
    Channel withSession = withToken(create().getSessionToken());
    own = withSession;
    return withSession;
  }

  /** A session that outlives this connection. */
  CreateSessionResponse create() {
    CreateSessionRequest.Builder request =
        CreateSessionRequest.newBuilder()
            .setApiKey(
                credentials
                    .apiKey()
                    .orElseThrow(
                        () ->
                            new UsageException(
                                "no credentials: give --api-key or --token, or set PRISM_API_KEY or PRISM_TOKEN")))
            .setClientId("prism-cli");
    configName.ifPresentOrElse(request::setConfigName, () -> request.setInlineConfig(config));
    return SessionServiceGrpc.newBlockingStub(limited(channel)).createSession(request.build());
  }

  private Channel withToken(String token) {
    Metadata headers = new Metadata();
    headers.put(TOKEN, token);
    return ClientInterceptors.intercept(
        limited(channel), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private Channel limited(Channel unlimited) {
    return ClientInterceptors.intercept(
        unlimited,
        new ClientInterceptor() {
          @Override
          public <Q, A> ClientCall<Q, A> interceptCall(
              MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
            Optional<Duration> limit = unary ? Optional.of(timeout.orElse(ANSWER_TIME)) : timeout;
            return next.newCall(
                method,
                limit
                    .map(time -> options.withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS))
                    .orElse(options));
          }
        });
  }

  @Override
  public void close() {
    try {
      if (own != null) {
        var _ =
            SessionServiceGrpc.newBlockingStub(own)
                .withDeadlineAfter(CLOSE_SECONDS, TimeUnit.SECONDS)
                .closeSession(CloseSessionRequest.newBuilder().setForce(true).build());
      }
    } catch (StatusRuntimeException e) {
      // It ends by itself when nobody uses it any more; the command has done what it was to do.
    } finally {
      channel.shutdownNow();
    }
  }
}
