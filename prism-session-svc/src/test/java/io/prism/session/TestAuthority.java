package io.prism.session;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An authority and the certificates that it issues. */
final class TestAuthority {

  /** What a certificate says besides its subject. */
  interface Extras {
    CertificateBuilder addTo(CertificateBuilder builder) throws Exception;
  }

  private final X509Bundle authority;

  TestAuthority(String name) {
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

  X509Bundle issue(String subject, Extras more) {
    try {
      return more.addTo(new CertificateBuilder().ecp256().subject(subject))
          .buildIssuedBy(authority);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  X509Bundle bundle() {
    return authority;
  }

  /** Its certificate as a PEM file. */
  Path file() {
    try {
      Path file = Files.createTempFile("authority", ".pem");
      file.toFile().deleteOnExit();
      return Files.writeString(file, authority.getCertificatePEM());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
