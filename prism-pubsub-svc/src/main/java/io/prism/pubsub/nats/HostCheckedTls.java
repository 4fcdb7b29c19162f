package io.prism.pubsub.nats;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS that insists on a certificate which names the host. The client library does not ask for that,
 * so whoever had any certificate of a trusted authority could pass for NATS.
 */
final class HostCheckedTls extends SSLContextSpi {

  private final SSLContext context;

  private HostCheckedTls(SSLContext context) {
    this.context = context;
  }

  /** The same context, with the check. */
  static SSLContext of(SSLContext context) {
    return new SSLContext(
        new HostCheckedTls(context), context.getProvider(), context.getProtocol()) {};
  }

  private static SSLParameters checked(SSLParameters parameters) {
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("the context is there already");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return new Sockets(context.getSocketFactory());
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return context.getServerSocketFactory();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return checked(context.createSSLEngine());
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return checked(context.createSSLEngine(host, port));
  }

  private static SSLEngine checked(SSLEngine engine) {
    engine.setSSLParameters(checked(engine.getSSLParameters()));
    return engine;
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return context.getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return context.getClientSessionContext();
  }

  private static final class Sockets extends SSLSocketFactory {

    private final SSLSocketFactory sockets;

    Sockets(SSLSocketFactory sockets) {
      this.sockets = sockets;
    }

    private static Socket checked(Socket socket) {
      SSLSocket tls = (SSLSocket) socket;
      tls.setSSLParameters(HostCheckedTls.checked(tls.getSSLParameters()));
      return tls;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return sockets.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket() throws IOException {
      return checked(sockets.createSocket());
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      return checked(sockets.createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return checked(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return checked(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return checked(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
      return checked(sockets.createSocket(address, port, localAddress, localPort));
    }
  }
}
