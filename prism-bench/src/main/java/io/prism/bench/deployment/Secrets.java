package io.prism.bench.deployment;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * What a deployment's services are given, made anew for each.
 *
 * @param apiKey an administrator's key, {@code keyid.secret}
 * @param encryptionKey what session-svc encrypts its signing keys with
 * @param internalToken what the services know each other by
 * @param cursorKey what reader-svc signs its cursors with
 */
record Secrets(String apiKey, String encryptionKey, String internalToken, String cursorKey) {

  private static final int BYTES = 32;

  static Secrets random() {
    SecureRandom random = new SecureRandom();
    Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
    return new Secrets(
        "bench." + url.encodeToString(bytes(random)),
        Base64.getEncoder().encodeToString(bytes(random)),
        url.encodeToString(bytes(random)),
        url.encodeToString(bytes(random)));
  }

  private static byte[] bytes(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  @Override
  public String toString() {
    return "Secrets[***]";
  }
}
