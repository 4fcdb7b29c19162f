package io.prism.session.mtls;

import io.prism.session.domain.Credentials;
import io.prism.session.domain.Identity;
import io.prism.session.domain.IdentityProvider;
import io.prism.session.domain.Peer;
import io.prism.session.domain.Rights;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks client certificates. A certificate is public, so it counts only if the other end of the
 * connection has proved to own the same one.
 */
public final class CertificateProvider implements IdentityProvider<Credentials.Certificate> {

  private static final Logger log = LoggerFactory.getLogger(CertificateProvider.class);
  private static final int URI_NAME = 6;
  private static final String SPIFFE = "spiffe://";
  private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private final Set<TrustAnchor> authorities;
  private final Map<String, Rights> rights;

  /**
   * @param ca PEM file with the certificates of the authorities that count
   * @param rights what certificates allow, by principal; one that is not here is refused
   * @throws IllegalStateException when the file cannot be read
   */
  public CertificateProvider(Path ca, Map<String, Rights> rights) {
    this.authorities = authorities(ca);
    this.rights = Map.copyOf(rights);
  }

  private static Set<TrustAnchor> authorities(Path ca) {
    try {
      return certificates(Files.readAllBytes(ca)).stream()
          .map(certificate -> new TrustAnchor(certificate, null))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException("prism.session.server.mtls.ca cannot be read", e);
    } catch (CertificateException e) {
      throw new IllegalStateException("prism.session.server.mtls.ca is no PEM of certificates", e);
    }
  }

  private static List<X509Certificate> certificates(byte[] encoded) throws CertificateException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(encoded))
        .stream()
        .map(X509Certificate.class::cast)
        .toList();
  }

  @Override
  public Optional<Identity> authenticate(Credentials.Certificate credentials, Peer peer) {
    if (peer.certificates().isEmpty()) {
      return Optional.empty();
    }
    try {
      X509Certificate own = peer.certificates().getFirst();
      List<X509Certificate> shown = certificates(credentials.encoded());
      if (shown.isEmpty()
          || !MessageDigest.isEqual(shown.getFirst().getEncoded(), own.getEncoded())) {
        return Optional.empty();
      }
      requireTrusted(peer.certificates());
      return principal(own)
          .flatMap(
              name ->
                  Optional.ofNullable(rights.get(name))
                      .map(allowed -> new Identity(name, "mtls", allowed)));
    } catch (GeneralSecurityException | InvalidNameException e) {
      log.debug("certificate refused: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private void requireTrusted(List<X509Certificate> chain) throws GeneralSecurityException {
    List<String> purposes = chain.getFirst().getExtendedKeyUsage();
    if (purposes != null
        && !purposes.contains(CLIENT_AUTHENTICATION)
        && !purposes.contains(ANY_PURPOSE)) {
      throw new CertificateException("not for client authentication: " + purposes);
    }
    // An authority at the end of the chain is the anchor and no part of the path.
    List<X509Certificate> path =
        chain.stream()
            .takeWhile(
                certificate ->
                    authorities.stream()
                        .noneMatch(anchor -> certificate.equals(anchor.getTrustedCert())))
            .toList();
    PKIXParameters parameters = new PKIXParameters(authorities);
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509")
                .generateCertPath(List.<Certificate>copyOf(path)),
            parameters);
  }

  /** The SPIFFE URI, else the common name. */
  private static Optional<String> principal(X509Certificate certificate)
      throws CertificateException, InvalidNameException {
    var names = certificate.getSubjectAlternativeNames();
    if (names != null) {
      List<String> ids =
          names.stream()
              .filter(name -> Integer.valueOf(URI_NAME).equals(name.getFirst()))
              .map(name -> String.valueOf(name.get(1)))
              .filter(uri -> uri.startsWith(SPIFFE))
              .toList();
      if (!ids.isEmpty()) {
        return ids.size() == 1 ? Optional.of(ids.getFirst()) : Optional.empty();
      }
    }
    return new LdapName(certificate.getSubjectX500Principal().getName())
        .getRdns().reversed().stream()
            .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
            .map(Rdn::getValue)
            .map(String::valueOf)
            .findFirst();
  }

  @Override
  public String claimed(Credentials.Certificate credentials) {
    return "mtls";
  }
}
