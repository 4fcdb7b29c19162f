package io.prism.transact.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.prism.starter.auth.SessionInterceptor;
import org.jspecify.annotations.Nullable;

/** The session token in a call's metadata, to which those within its stream are compared. */
final class CallToken {

  private static final Context.Key<String> TOKEN = Context.key("prism-transact-token");
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "Bearer ";

  private CallToken() {}

  /** The token, or null when the metadata has none. */
  static @Nullable String current() {
    return TOKEN.get();
  }

  /** Keeps the token of each call. */
  static final class Interceptor implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String token = in(headers);
      return token == null
          ? next.startCall(call, headers)
          : Contexts.interceptCall(Context.current().withValue(TOKEN, token), call, headers, next);
    }

    private static @Nullable String in(Metadata headers) {
      String token = headers.get(SessionInterceptor.TOKEN);
      if (token != null) {
        return token;
      }
      String authorization = headers.get(AUTHORIZATION);
      return authorization != null
              && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
          ? authorization.substring(BEARER.length()).trim()
          : null;
    }
  }
}
