package io.prism.session;

import io.prism.session.domain.SecretHasher;
import io.prism.session.token.KeyEncryption;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The configured secrets, as the keys they stand for. */
final class Secrets {

  private static final int MIN_PEPPER_BYTES = 16;
  private static final String HMAC = "HmacSHA256";

  private Secrets() {}

  static KeyEncryption encryption(SessionServerProperties properties) {
    return new KeyEncryption(decoded("encryption-key", properties.encryptionKey()));
  }

  static SecretHasher hasher(SessionServerProperties properties) {
    String pepper = properties.keys().pepper();
    if (pepper == null || pepper.isBlank()) {
      return new SecretHasher(
          derived(decoded("encryption-key", properties.encryptionKey()), "prism api key pepper"));
    }
    byte[] bytes = decoded("keys.pepper", pepper);
    if (bytes.length < MIN_PEPPER_BYTES) {
      throw new IllegalStateException(
          "prism.session.server.keys.pepper: "
              + bytes.length
              + " bytes (expected: at least "
              + MIN_PEPPER_BYTES
              + ")");
    }
    return new SecretHasher(bytes);
  }

  private static byte[] decoded(String name, @Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new IllegalStateException(
          "prism.session.server."
              + name
              + " is not set (expected: 32 random bytes in base64, as of `openssl rand -base64 32`)");
    }
    try {
      return Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("prism.session.server." + name + " is not base64", e);
    }
  }

  private static byte[] derived(byte[] key, String purpose) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(HMAC + " is missing in this JDK", e);
    }
  }
}
