package io.prism.starter.auth;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.prism.starter.call.CallMeter;
import io.prism.starter.call.CallScope;
import io.prism.starter.call.EndableCall;
import io.prism.starter.call.LiveStreams;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Finds the session of a call, by the token in its metadata or in its first message, and refuses
 * calls without a good one. Streams end when their session does.
 */
public final class SessionInterceptor implements ServerInterceptor {

  /** The canonical place of the session token (RFC-002 §9.3). */
  public static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-session-token", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "Bearer ";
  // What fits into metadata; the field of a request could hold megabytes.
  private static final int MAX_TOKEN_LENGTH = 16 * 1024;

  private final SessionTokens tokens;
  private final SessionRegistry registry;
  private final InternalGuard internalGuard;
  private final LiveStreams allStreams;
  private final Executor verification;
  private final Map<MethodDescriptor<?, ?>, RpcPolicy> policies = new ConcurrentHashMap<>();

  /**
   * @param verification runs cold token verifications, which may block; never an event loop
   * @param allStreams gets every stream of this instance, for drain
   */
  public SessionInterceptor(
      SessionTokens tokens,
      SessionRegistry registry,
      InternalGuard internalGuard,
      LiveStreams allStreams,
      Executor verification) {
    this.tokens = tokens;
    this.registry = registry;
    this.internalGuard = internalGuard;
    this.allStreams = allStreams;
    this.verification = verification;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    RpcPolicy policy = policies.computeIfAbsent(call.getMethodDescriptor(), RpcPolicy::of);
    return switch (policy.access()) {
      case ACCESS_PUBLIC -> next.startCall(call, headers);
      case ACCESS_INTERNAL -> {
        internalGuard.check(call, headers);
        yield policy.streaming()
            ? EndableCall.start(call, headers, next, List.of(allStreams))
            : next.startCall(call, headers);
      }
      default -> new Admission<>(call, headers, next, policy).begin();
    };
  }

  private static String tokenIn(Metadata headers) {
    String token = "";
    Iterable<String> own = headers.getAll(TOKEN);
    if (own != null) {
      for (String sent : own) {
        token = agreed(token, sent);
      }
    }
    Iterable<String> authorization = headers.getAll(AUTHORIZATION);
    if (authorization != null) {
      for (String sent : authorization) {
        if (sent.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
          token = agreed(token, sent.substring(BEARER.length()).trim());
        }
      }
    }
    return token;
  }

  private static String agreed(String one, String other) {
    if (one.isEmpty()) {
      return other;
    }
    if (other.isEmpty() || one.equals(other)) {
      return one;
    }
    throw PrismException.of(
        CallReason.SESSION_TOKEN_CONFLICT, "the call carries two different session tokens");
  }

  /** One call on its way in. */
  private final class Admission<Q, R> {

    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private final ServerCallHandler<Q, R> next;
    private final RpcPolicy policy;
    private final CallScope scope = CallScope.current();
    private final @Nullable CallMeter meter = CallMeter.current();

    Admission(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next, RpcPolicy policy) {
      this.call = call;
      this.headers = headers;
      this.next = next;
      this.policy = policy;
    }

    ServerCall.Listener<Q> begin() {
      String token = tokenIn(headers);
      RpcPolicy.TokenField field = policy.token();
      if (field == null) {
        Session session = token.isEmpty() ? null : tokens.recall(token);
        if (session != null) {
          return admitAtOnce(session);
        }
      }
      DeferredCall<Q, R> deferred = new DeferredCall<>(call);
      if (field == null) {
        authenticate(deferred, token);
      } else {
        deferred.awaitFirstMessage(
            message -> {
              try {
                authenticate(deferred, agreed(token, message == null ? "" : field.in(message)));
              } catch (PrismException e) {
                deferred.fail(e);
              }
            });
      }
      return deferred;
    }

    private void authenticate(DeferredCall<Q, R> deferred, String token) {
      if (token.isEmpty()) {
        deferred.fail(
            PrismException.of(
                CallReason.SESSION_TOKEN_MISSING,
                "no session token (expected: metadata x-session-token)"));
        return;
      }
      if (token.length() > MAX_TOKEN_LENGTH) {
        deferred.fail(
            PrismException.of(
                CallReason.SESSION_TOKEN_INVALID,
                "a session token of "
                    + token.length()
                    + " characters (expected: at most "
                    + MAX_TOKEN_LENGTH
                    + ")"));
        return;
      }
      Session session = tokens.recall(token);
      if (session != null) {
        admit(deferred, session);
        return;
      }
      verification.execute(
          () -> {
            try {
              admit(deferred, tokens.verify(token));
            } catch (Throwable e) {
              deferred.fail(e);
            }
          });
    }

    private ServerCall.Listener<Q> admitAtOnce(Session session) {
      LiveSession live = check(session);
      Context admitted = scope.context().withValue(LiveSession.CONTEXT, live);
      return Contexts.interceptCall(admitted, call, headers, (c, h) -> startHandler(c, live));
    }

    private void admit(DeferredCall<Q, R> deferred, Session session) {
      LiveSession live;
      try {
        live = check(session);
      } catch (PrismException e) {
        deferred.fail(e);
        return;
      }
      deferred.start(
          scope.with(scope.context().withValue(LiveSession.CONTEXT, live)),
          handed -> startHandler(handed, live));
    }

    private LiveSession check(Session session) {
      registry.requireFresh();
      LiveSession live = registry.admit(session);
      live.check(policy.access());
      permit(session, live);
      if (meter != null) {
        meter.bind(live.account(policy.streaming(), policy.operation()));
      }
      return live;
    }

    private void permit(Session session, LiveSession live) {
      if (!session.permissions().allow(policy.service(), policy.access())
          || !policy.fits(session.config().getPattern())) {
        throw live.denied(policy.service(), policy.access());
      }
    }

    private ServerCall.Listener<Q> startHandler(ServerCall<Q, R> handed, LiveSession live) {
      if (!policy.streaming()) {
        return next.startCall(handed, headers);
      }
      ServerCall.Listener<Q> listener =
          EndableCall.start(handed, headers, next, List.of(live.streams(), allStreams));
      live.endIfOver();
      return listener;
    }
  }
}
