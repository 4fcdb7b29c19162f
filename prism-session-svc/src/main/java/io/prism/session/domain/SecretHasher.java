package io.prism.session.domain;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hashes the secrets of API keys with SHA-256, keyed with the deployment's pepper.
 *
 * <p>The secrets are 256 random bits, so a slow hash would add nothing but load; the pepper makes a
 * stolen table useless by itself.
 */
public final class SecretHasher {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec pepper;

  public SecretHasher(byte[] pepper) {
    this.pepper = new SecretKeySpec(pepper, ALGORITHM);
  }

  /** The hash of a key's secret; the id is part of it, so that two rows cannot be exchanged. */
  public SecretHash hash(String keyId, String secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(pepper);
      return new SecretHash(mac.doFinal((keyId + "." + secret).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is missing in this JDK", e);
    }
  }
}
