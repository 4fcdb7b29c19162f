package io.prism.session.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.prism.session.domain.Peer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Lets the handler of a call know who is at the other end of its connection. */
final class PeerInterceptor implements ServerInterceptor {

  private static final Context.Key<Peer> PEER = Context.key("prism-peer");
  private static final Peer UNKNOWN = new Peer("unknown", List.of());

  /** The other end of the current call's connection. */
  static Peer current() {
    Peer peer = PEER.get();
    return peer == null ? UNKNOWN : peer;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Peer peer =
        new Peer(
            address(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
            certificates(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
    return Contexts.interceptCall(Context.current().withValue(PEER, peer), call, headers, next);
  }

  private static String address(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "local";
  }

  private static List<X509Certificate> certificates(@Nullable SSLSession tls) {
    if (tls == null) {
      return List.of();
    }
    try {
      return Stream.<Certificate>of(tls.getPeerCertificates())
          .filter(X509Certificate.class::isInstance)
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }
}
