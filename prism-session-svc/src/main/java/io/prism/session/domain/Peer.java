package io.prism.session.domain;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The other end of a connection.
 *
 * @param address its network address without port; what failed logins are counted by
 * @param certificates the chain that it proved to own in the TLS handshake, its own first; empty:
 *     none
 */
public record Peer(String address, List<X509Certificate> certificates) {

  public Peer {
    certificates = List.copyOf(certificates);
  }
}
