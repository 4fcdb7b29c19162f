package io.prism.starter.auth;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.prism.starter.error.CallReason;
import io.prism.starter.error.PrismException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Lets only instances of the same deployment call the internal rpcs: deny by default. */
public final class InternalGuard {

  /** Request metadata that carries {@code prism.internal.token}. */
  public static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-prism-internal-token", Metadata.ASCII_STRING_MARSHALLER);

  private final InternalProperties properties;

  public InternalGuard(InternalProperties properties) {
    this.properties = properties;
  }

  /**
   * Lets a call of another instance pass.
   *
   * @throws PrismException INTERNAL_CREDENTIALS_INVALID
   */
  void check(ServerCall<?, ?> call, Metadata headers) {
    if (!hasToken(headers)
        && !hasCertificate(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION))) {
      throw PrismException.of(
          CallReason.INTERNAL_CREDENTIALS_INVALID, "this rpc is for instances of Prism only");
    }
  }

  private boolean hasToken(Metadata headers) {
    String expected = properties.token();
    String sent = headers.get(TOKEN);
    return expected != null
        && sent != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
  }

  private boolean hasCertificate(@org.jspecify.annotations.Nullable SSLSession tls) {
    if (tls == null || properties.mtlsNames().isEmpty()) {
      return false;
    }
    try {
      Certificate[] chain = tls.getPeerCertificates();
      return chain.length > 0
          && chain[0] instanceof X509Certificate certificate
          && names(certificate).stream().anyMatch(properties.mtlsNames()::contains);
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private static List<String> names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream().map(name -> String.valueOf(name.get(1))).toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }
}
