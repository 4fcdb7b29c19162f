package io.prism.starter.tls;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;

/**
 * This instance's end of TLS, as server and as client: TLS 1.3 only, with the keys and authorities
 * of an SSL bundle. When the bundle changes, new connections use the new ones and those that live
 * go on.
 */
public final class InstanceTls {

  private static final Logger log = LoggerFactory.getLogger(InstanceTls.class);
  private static final String PROTOCOL = "TLSv1.3";
  // Resuming skips the check of certificates, so it must not outlast a revoked authority by much.
  private static final Duration RESUMABLE_FOR = Duration.ofMinutes(5);

  private final ReloadingKeyManager keys;
  private final ReloadingTrustManager trust;
  private final ClientAuth clientAuth;

  /**
   * @throws IllegalStateException when client certificates are asked for and the bundle names no
   *     authorities of its own: any public one would do then
   */
  public InstanceTls(SslBundles bundles, String name, ClientAuth clientAuth) {
    SslBundle bundle = bundles.getBundle(name);
    requireAuthorities(bundle, name, clientAuth);
    this.keys = new ReloadingKeyManager(keysOf(bundle.getManagers(), name));
    this.trust = new ReloadingTrustManager(trustOf(bundle.getManagers(), name));
    this.clientAuth = clientAuth;
    bundles.addBundleUpdateHandler(name, changed -> reload(changed, name));
  }

  private void reload(SslBundle changed, String name) {
    try {
      requireAuthorities(changed, name, clientAuth);
      X509ExtendedKeyManager newKeys = keysOf(changed.getManagers(), name);
      trust.replace(trustOf(changed.getManagers(), name));
      keys.replace(newKeys);
      log.info("SSL bundle {} reloaded", name);
    } catch (RuntimeException e) {
      log.error("SSL bundle {} has changed and cannot be used, the one before stays", name, e);
    }
  }

  /** Credentials of a gRPC server. */
  public ServerCredentials server() {
    try {
      return NettySslContextServerCredentials.create(
          GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK)
              .trustManager(trust)
              .protocols(PROTOCOL)
              .clientAuth(
                  switch (clientAuth) {
                    case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
                    case OPTIONAL -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
                    case REQUIRE -> io.netty.handler.ssl.ClientAuth.REQUIRE;
                  })
              .sessionTimeout(RESUMABLE_FOR.toSeconds())
              .build());
    } catch (SSLException e) {
      throw new IllegalStateException("TLS of the server", e);
    }
  }

  /** Credentials of a gRPC channel to another instance; its certificate is this instance's. */
  public ChannelCredentials client() {
    try {
      return NettySslContextChannelCredentials.create(
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
              .keyManager(keys)
              .trustManager(trust)
              .protocols(PROTOCOL)
              .build());
    } catch (SSLException e) {
      throw new IllegalStateException("TLS of a channel", e);
    }
  }

  /** The same for connections that are not gRPC: fetching keys over HTTPS. */
  public SSLSocketFactory sockets() {
    try {
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS of a socket", e);
    }
  }

  private static void requireAuthorities(SslBundle bundle, String name, ClientAuth clientAuth) {
    if (clientAuth != ClientAuth.NONE && bundle.getStores().getTrustStore() == null) {
      throw new IllegalStateException(
          "SSL bundle "
              + name
              + ": no trust store (expected: the authorities of client certificates, since"
              + " prism.tls.client-auth is "
              + clientAuth
              + ")");
    }
  }

  private static X509ExtendedKeyManager keysOf(SslManagerBundle managers, String name) {
    return Arrays.stream(managers.getKeyManagers())
        .filter(X509ExtendedKeyManager.class::isInstance)
        .map(X509ExtendedKeyManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("SSL bundle " + name + ": no keys"));
  }

  private static X509ExtendedTrustManager trustOf(SslManagerBundle managers, String name) {
    return Arrays.stream(managers.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("SSL bundle " + name + ": no authorities"));
  }
}
