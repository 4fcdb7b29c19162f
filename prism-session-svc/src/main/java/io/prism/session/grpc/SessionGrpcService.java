package io.prism.session.grpc;

import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.prism.session.domain.Client;
import io.prism.session.domain.Closing;
import io.prism.session.domain.ConfigChoice;
import io.prism.session.domain.Credentials;
import io.prism.session.domain.SessionRecord;
import io.prism.session.domain.Sessions;
import io.prism.session.domain.SupportedFeatures;
import io.prism.session.token.TokenIssuer;
import io.prism.session.v1.CloseSessionRequest;
import io.prism.session.v1.CloseSessionResponse;
import io.prism.session.v1.CreateSessionRequest;
import io.prism.session.v1.CreateSessionResponse;
import io.prism.session.v1.GetSessionRequest;
import io.prism.session.v1.GetSessionResponse;
import io.prism.session.v1.HeartbeatRequest;
import io.prism.session.v1.HeartbeatResponse;
import io.prism.session.v1.RefreshSessionRequest;
import io.prism.session.v1.RefreshSessionResponse;
import io.prism.session.v1.SessionServiceGrpc;
import io.prism.starter.auth.Session;
import io.prism.starter.error.PrismException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Serves {@code prism.session.v1.SessionService}. */
final class SessionGrpcService extends SessionServiceGrpc.SessionServiceImplBase {

  private static final int MAX_API_KEY = 512;
  private static final int MAX_TOKEN = 16 * 1024;
  private static final int MAX_CERTIFICATE = 64 * 1024;

  private final Sessions sessions;
  private final TokenIssuer tokens;
  private final SupportedFeatures features;

  SessionGrpcService(Sessions sessions, TokenIssuer tokens, SupportedFeatures features) {
    this.sessions = sessions;
    this.tokens = tokens;
    this.features = features;
  }

  @Override
  public void createSession(
      CreateSessionRequest request, StreamObserver<CreateSessionResponse> responses) {
    SessionRecord session =
        sessions.create(
            credentials(request),
            PeerInterceptor.current(),
            choice(request),
            Client.checked(
                request.getClientId(), request.getClientVersion(), request.getMetadataMap()));
    responses.onNext(
        CreateSessionResponse.newBuilder()
            .setSessionToken(tokens.issue(session))
            .setSessionId(session.id())
            .setCreatedAt(SessionProtos.timestamp(session.createdAt()))
            .setExpiresAt(SessionProtos.timestamp(session.expiresAt()))
            .setConfig(session.config())
            .addAllSupportedFeatures(features.names())
            .build());
    responses.onCompleted();
  }

  private static Credentials credentials(CreateSessionRequest request) {
    return switch (request.getAuthCase()) {
      case API_KEY -> {
        limit("api_key", request.getApiKey().length(), MAX_API_KEY);
        yield new Credentials.ApiKey(request.getApiKey());
      }
      case JWT_TOKEN -> {
        limit("jwt_token", request.getJwtToken().length(), MAX_TOKEN);
        yield new Credentials.Token(request.getJwtToken());
      }
      case MTLS -> {
        limit("mtls.client_cert", request.getMtls().getClientCert().size(), MAX_CERTIFICATE);
        yield new Credentials.Certificate(request.getMtls().getClientCert().toByteArray());
      }
      case AUTH_NOT_SET ->
          throw PrismException.invalid("auth", "not set (expected: api_key, jwt_token or mtls)");
    };
  }

  private static void limit(String field, int size, int max) {
    if (size > max) {
      throw PrismException.invalid(field, size + " (expected: at most " + max + ")");
    }
  }

  private static ConfigChoice choice(CreateSessionRequest request) {
    return switch (request.getConfigCase()) {
      case CONFIG_NAME -> new ConfigChoice.Named(request.getConfigName());
      case INLINE_CONFIG -> new ConfigChoice.Inline(request.getInlineConfig());
      case CONFIG_NOT_SET -> new ConfigChoice.None();
    };
  }

  @Override
  public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> responses) {
    SessionRecord session = sessions.heartbeat(Session.current().id());
    responses.onNext(
        HeartbeatResponse.newBuilder()
            .setServerTime(SessionProtos.timestamp(session.readAt()))
            .setTtl(SessionProtos.duration(session.timeToLive()))
            .setStatus(SessionProtos.status(session))
            .build());
    responses.onCompleted();
  }

  @Override
  public void getSession(GetSessionRequest request, StreamObserver<GetSessionResponse> responses) {
    SessionRecord session = sessions.get(Session.current().id());
    responses.onNext(
        GetSessionResponse.newBuilder()
            .setSessionId(session.id())
            .setStatus(SessionProtos.status(session))
            .setCreatedAt(SessionProtos.timestamp(session.createdAt()))
            .setExpiresAt(SessionProtos.timestamp(session.expiresAt()))
            .setLastActivity(SessionProtos.timestamp(session.lastActivity()))
            .setConfig(session.config())
            .setMetrics(SessionProtos.metrics(session.usage()))
            .build());
    responses.onCompleted();
  }

  @Override
  public void refreshSession(
      RefreshSessionRequest request, StreamObserver<RefreshSessionResponse> responses) {
    SessionRecord session = sessions.refresh(Session.current().id(), extension(request));
    responses.onNext(
        RefreshSessionResponse.newBuilder()
            .setNewExpiresAt(SessionProtos.timestamp(session.expiresAt()))
            .build());
    responses.onCompleted();
  }

  private static @Nullable Duration extension(RefreshSessionRequest request) {
    if (!request.hasExtension()) {
      return null;
    }
    if (!Durations.isValid(request.getExtension())) {
      throw PrismException.invalid("extension", "expected: a valid duration");
    }
    return SessionProtos.duration(request.getExtension());
  }

  @Override
  public void closeSession(
      CloseSessionRequest request, StreamObserver<CloseSessionResponse> responses) {
    Session current = Session.current();
    Closing closing =
        sessions.close(current.id(), current.principal(), current.namespace(), request.getForce());
    responses.onNext(
        CloseSessionResponse.newBuilder()
            .setSuccess(closing.closed())
            .setMessage(
                closing.closed()
                    ? "closed"
                    : "terminating, closes when the pending operations are done")
            .setPendingOperations(closing.pendingOperations())
            .build());
    responses.onCompleted();
  }
}
