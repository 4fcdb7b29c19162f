package io.prism.session.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Signing keys from a file that somebody else rotates: a JWK, a JWK set, or one key in PEM. The
 * first signs, all are published.
 */
public final class MountedKeys implements SigningKeySource {

  private static final int MIN_BITS = 2_048;

  private final Path file;

  public MountedKeys(Path file) {
    this.file = file;
  }

  @Override
  public SigningKeys load() {
    List<SigningKey> keys = new ArrayList<>();
    for (JWK key : read()) {
      // The first is the newest, so that it signs.
      keys.add(new SigningKey(checked(key), Instant.EPOCH.minusSeconds(keys.size())));
    }
    if (keys.isEmpty()) {
      throw new IllegalStateException("no key in " + file.getFileName());
    }
    return new SigningKeys(keys, Duration.ZERO);
  }

  private List<JWK> read() {
    try {
      String text = Files.readString(file).strip();
      if (!text.startsWith("{")) {
        return List.of(JWK.parseFromPEMEncodedObjects(text));
      }
      return text.contains("\"keys\"") ? JWKSet.parse(text).getKeys() : List.of(JWK.parse(text));
    } catch (IOException | ParseException | JOSEException e) {
      throw new IllegalStateException(
          "signing keys cannot be read from "
              + file.getFileName()
              + " (expected: a JWK, a JWK set or a PEM)",
          e);
    }
  }

  private RSAKey checked(JWK key) {
    if (!(key instanceof RSAKey rsa) || !rsa.isPrivate() || rsa.size() < MIN_BITS) {
      throw new IllegalStateException(
          "a key in "
              + file.getFileName()
              + " is of type "
              + key.getKeyType()
              + " (expected: private RSA keys of "
              + MIN_BITS
              + " bits or more)");
    }
    try {
      return rsa.getKeyID() == null ? new RSAKey.Builder(rsa).keyIDFromThumbprint().build() : rsa;
    } catch (JOSEException e) {
      throw new IllegalStateException("a key in " + file.getFileName() + " has no thumbprint", e);
    }
  }
}
