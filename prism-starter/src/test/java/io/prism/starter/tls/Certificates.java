package io.prism.starter.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;

/** An authority and the certificates that it issues. */
final class Certificates {

  private static final char[] PASSWORD = "password".toCharArray();

  private final X509Bundle authority;

  Certificates(String name) {
    try {
      authority =
          new CertificateBuilder()
              .ecp256()
              .subject("CN=" + name)
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate for 127.0.0.1 that also names an instance. */
  X509Bundle issue(String dnsName) {
    try {
      return new CertificateBuilder()
          .ecp256()
          .subject("CN=" + dnsName)
          .addSanDnsName(dnsName)
          .addSanIpAddress("127.0.0.1")
          .buildIssuedBy(authority);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate, and this authority as the only one that is trusted. */
  SslBundle bundle(String dnsName) {
    return bundle(issue(dnsName));
  }

  SslBundle bundle(X509Bundle certificate) {
    try {
      return SslBundle.of(
          SslStoreBundle.of(certificate.toKeyStore(PASSWORD), new String(PASSWORD), trustStore()),
          SslBundleKey.of(new String(PASSWORD)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate, and whatever the JVM trusts. */
  SslBundle withoutAuthorities(String dnsName) {
    try {
      return SslBundle.of(
          SslStoreBundle.of(issue(dnsName).toKeyStore(PASSWORD), new String(PASSWORD), null),
          SslBundleKey.of(new String(PASSWORD)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** This authority and no certificate. */
  KeyStore trustStore() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("authority", authority.getCertificate());
      return store;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  X509Bundle authority() {
    return authority;
  }

  /** Writes a certificate for the PEM properties of {@code spring.ssl.bundle}. */
  void write(Path folder, X509Bundle certificate) throws IOException {
    Files.writeString(folder.resolve("authority.pem"), authority.getCertificatePEM());
    Files.writeString(folder.resolve("certificate.pem"), certificate.getCertificatePathPEM());
    Files.writeString(folder.resolve("key.pem"), certificate.getPrivateKeyPEM());
  }
}
